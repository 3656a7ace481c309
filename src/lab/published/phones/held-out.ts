import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { factorSchemaHash } from "../../../features/factor-features.js";
import { type CrossValidationOptions, type HeldOut, leaveDevicesOut, leaveFamiliesOut, leaveMembersOut } from "./cross-validate.js";
import { GPU } from "./configurations.js";
import type { PhoneSample } from "./samples.js";

/** What is left out, of which processor: a GPU has a model of its own. */
export const PARTS = ["cpu-members", "cpu-families", "cpu-devices", "gpu-members", "gpu-families"] as const;
export type PartName = (typeof PARTS)[number];

const CACHE = ".cache/phones";

const LEAVE_OUT = { members: leaveMembersOut, families: leaveFamiliesOut, devices: leaveDevicesOut } as const;

export const isGpu = ({ row }: PhoneSample): boolean => row.cores === GPU;

export function samplesOf(processor: "cpu" | "gpu", samples: readonly PhoneSample[]): readonly PhoneSample[] {
  return samples.filter((sample) => isGpu(sample) === (processor === "gpu"));
}

/** The predictions of a part: kept ones where samples, features and settings are the same, or else made anew. */
export async function heldOutOf(
  part: PartName,
  samples: readonly PhoneSample[],
  options: CrossValidationOptions,
): Promise<readonly HeldOut[]> {
  const [processor, what] = splitName(part);
  const own = samplesOf(processor, samples);
  // What does not shape the model is left out by JSON: a callback.
  const settings = options.training;
  const key = createHash("sha256")
    .update(JSON.stringify([factorSchemaHash, settings, own.map(({ graphId, configuration, latencyUs }) => [graphId, configuration.id, latencyUs])]))
    .digest("hex")
    .slice(0, 12);
  const path = join(CACHE, `${part}-${key}.json`);
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as HeldOut[];
  options.log(`== ${part}`);
  const rows = await LEAVE_OUT[what](own, options);
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(path, JSON.stringify(rows));
  return rows;
}

function splitName(part: PartName): readonly ["cpu" | "gpu", keyof typeof LEAVE_OUT] {
  const processor = part.startsWith("gpu") ? "gpu" : "cpu";
  const what = part.endsWith("members") ? "members" : part.endsWith("families") ? "families" : "devices";
  return [processor, what];
}
