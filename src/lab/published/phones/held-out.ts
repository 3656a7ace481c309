import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FACTOR_SCHEMA } from "../../../features/factor-features.js";
import { STAND_INS } from "../../../features/stand-ins.js";
import { type CrossValidationOptions, leaveOut } from "./cross-validate.js";
import { GPU } from "./configurations.js";
import { SUMS_SETTINGS } from "./operator-sums.js";
import type { PhoneSample } from "./samples.js";
import { type Scored, scored } from "./scores.js";
import { LEFT_OUT, placingNetworks, type Turn, TURNS } from "./turns.js";

/** What is left out, of which processor: a GPU has a model of its own. */
export const PARTS = ["cpu-members", "cpu-families", "cpu-devices", "cpu-devices-chosen", "gpu-members", "gpu-families"] as const;
export type PartName = (typeof PARTS)[number];

const CACHE = ".cache/phones";

export const isGpu = ({ row }: PhoneSample): boolean => row.cores === GPU;

export function samplesOf(processor: "cpu" | "gpu", samples: readonly PhoneSample[]): readonly PhoneSample[] {
  return samples.filter((sample) => isGpu(sample) === (processor === "gpu"));
}

/** The predictions of a part: kept ones where samples, features and settings are the same, or else made anew. */
export async function heldOutOf(
  part: PartName,
  samples: readonly PhoneSample[],
  options: CrossValidationOptions,
): Promise<readonly Scored[]> {
  // What does not shape the model is left out by JSON: a callback.
  const turns = turnsOf(part, samples);
  const rows = await kept(part, samplesOfPart(part, samples), [options.training, SUMS_SETTINGS, ...turns.flatMap(placingNetworks)], () => {
    options.log(`== ${part}`);
    return leaveOut(turns, options);
  });
  return scored(rows, turns);
}

export function turnsOf(part: PartName, samples: readonly PhoneSample[]): readonly Turn[] {
  const what = LEFT_OUT.find((name) => part.endsWith(name));
  if (what === undefined) throw new RangeError(`The part ${part} leaves out nothing that is known.`);
  return TURNS[what](samplesOfPart(part, samples));
}

export function samplesOfPart(part: PartName, samples: readonly PhoneSample[]): readonly PhoneSample[] {
  return samplesOf(part.startsWith("gpu") ? "gpu" : "cpu", samples);
}

/** What `make` gives, as JSON in the cache; kept for as long as samples, features and settings are the same. */
export async function kept<T>(name: string, samples: readonly PhoneSample[], settings: unknown, make: () => Promise<T>): Promise<T> {
  const key = createHash("sha256")
    .update(JSON.stringify([FACTOR_SCHEMA.hash, [...STAND_INS], settings, samples.map(({ graphId, configuration, latencyUs }) => [graphId, configuration.id, latencyUs])]))
    .digest("hex")
    .slice(0, 12);
  const path = join(CACHE, `${name}-${key}.json`);
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as T;
  const made = await make();
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(path, JSON.stringify(made));
  return made;
}
