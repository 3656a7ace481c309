import { readFile } from "node:fs/promises";
import type { HardwareState } from "../features/state.js";
import type { ScalarName } from "../hardware/state-fields.js";
import { parseSnapshot } from "../hardware/snapshot.js";
import { parseStateFields } from "../hardware/validate.js";
import { UsageError } from "./context.js";

/** Options that give a state; the single fields go before those in --state. */
export const STATE_OPTIONS = {
  state: { type: "string" },
  "frequency-mhz": { type: "string" },
  utilization: { type: "string" },
  "bandwidth-gbs": { type: "string" },
  "run-delay-ratio": { type: "string" },
} as const;

const FIELDS: readonly (readonly [ScalarName, Exclude<keyof typeof STATE_OPTIONS, "state">])[] = [
  ["frequencyMHz", "frequency-mhz"],
  ["utilization", "utilization"],
  ["bandwidthGBs", "bandwidth-gbs"],
  ["runDelayRatio", "run-delay-ratio"],
];

async function readState(argument: string): Promise<HardwareState> {
  if (!argument.startsWith("@")) return parseSnapshot("json", argument).state;
  const path = argument.slice(1);
  try {
    const text = await readFile(path, "utf8");
    return parseSnapshot(text.trimStart().startsWith("{") ? "json" : "text", text).state;
  } catch (error) {
    if (error instanceof Error && "syscall" in error) throw new UsageError(`Cannot read ${path}: ${error.message}`);
    throw error;
  }
}

/** The state that the options describe; empty when they describe none. Throws StateError, UsageError. */
export async function stateOfOptions(
  values: Readonly<Partial<Record<keyof typeof STATE_OPTIONS, string>>>,
): Promise<HardwareState> {
  const base = values.state === undefined ? {} : await readState(values.state);
  const entries = FIELDS.flatMap(([field, option]) => {
    const text = values[option];
    return text === undefined ? [] : [[field, text] as const];
  });
  return { ...base, ...parseStateFields(entries) };
}
