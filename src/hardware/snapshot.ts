import type { HardwareState } from "../features/state.js";
import { readCpufreq, readCpuinfo } from "./formats/frequency.js";
import { readLoadavg } from "./formats/loadavg.js";
import { readPerf } from "./formats/perf.js";
import { readProcStat } from "./formats/proc-stat.js";
import { splitSections, type CpuSelection, type Reading } from "./formats/reading.js";
import { readSimpleperf } from "./formats/simpleperf.js";
import { StateError } from "./state-error.js";
import { missingFields, ruleOf, type StateField } from "./state-fields.js";
import { stateOf, validateState } from "./validate.js";

/** A state with where it came from and what it lacks. */
export interface Snapshot {
  readonly state: HardwareState;
  /** Fields that could not be read, as dotted paths; never filled in. */
  readonly missing: readonly StateField[];
  /** Why a missing field could not be read, where that is known, by field. */
  readonly reasons: Readonly<Partial<Record<StateField, string>>>;
  readonly sources: readonly string[];
}

/** `json`: an object of state fields. `text`: the output of the system's own tools and files, as they print it. */
export type SnapshotFormat = "json" | "text";

export interface SnapshotOptions {
  /** Cores that the model will run on, where the text tells them apart. Default: all. */
  readonly cpus?: readonly number[];
}

/**
 * Reads the state of a device.
 *
 * Text may hold, alone or one after another: `perf stat -x,`, `simpleperf stat --csv`, /proc/stat (once, or twice some
 * time apart), /proc/loadavg, /proc/cpuinfo, and sysfs scaling_cur_freq files under the `==> path <==` headers that
 * `head` prints. Of two sources for one field the more direct one is taken.
 *
 * @throws StateError when the JSON or a value in it is wrong, or when nothing in the text is recognised.
 */
export function parseSnapshot(format: SnapshotFormat, text: string, options: SnapshotOptions = {}): Snapshot {
  if (format === "text") return mergeReadings(readText(text, options.cpus));
  const state = validateState(parseJson(text));
  return { state, missing: missingFields(state), reasons: {}, sources: ["json"] };
}

/** A state that was given as an object already, checked. Throws StateError. */
export function snapshotOf(value: unknown): Snapshot {
  const state = validateState(value);
  return { state, missing: missingFields(state), reasons: {}, sources: ["json"] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new StateError("", `The state is not valid JSON: ${error instanceof Error ? error.message : "unreadable"}`);
  }
}

/** Readings in order of directness: the first that has a field decides it. */
function readText(text: string, cpus: CpuSelection): readonly Reading[] {
  const sections = splitSections(text);
  const body = sections.map((section) => section.text).join("\n");
  const simpleperf = readSimpleperf(body);
  const found = [
    readCpufreq(sections, cpus),
    readCpuinfo(body, cpus),
    readProcStat(body, cpus),
    readLoadavg(body),
    simpleperf ?? readPerf(body),
  ].filter((entry) => entry !== null);
  if (found.length > 0) return found;
  throw new StateError(
    "",
    "Nothing in the text is recognised. Known: perf stat -x, output, simpleperf stat --csv output, /proc/stat, " +
      "/proc/loadavg, /proc/cpuinfo, and scaling_cur_freq files under ==> path <== headers.",
  );
}

/** Joins readings, most direct first; values out of a field's range are dropped with the reason. */
export function mergeReadings(readings: readonly Reading[]): Snapshot {
  const values = new Map<StateField, number>();
  const reasons = new Map<StateField, string>();
  const sources: string[] = [];
  for (const { source, values: found, reasons: failed } of readings) {
    let used = false;
    for (const [field, value] of found) {
      if (values.has(field)) continue;
      const rule = ruleOf(field);
      if (rule === undefined || !Number.isFinite(value) || value < rule.minimum || value > rule.maximum) {
        reasons.set(field, `${source} gives ${value}, which is out of range`);
      } else {
        values.set(field, value);
        used = true;
      }
    }
    for (const [field, reason] of failed) if (!reasons.has(field)) reasons.set(field, reason);
    if (used) sources.push(source);
  }
  for (const field of values.keys()) reasons.delete(field);
  const state = stateOf(values);
  return { state, missing: missingFields(state), reasons: Object.fromEntries(reasons), sources };
}
