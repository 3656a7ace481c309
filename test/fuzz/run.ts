import { createRandom } from "../../src/model/random.js";
import type { TargetPredictor } from "../../src/predict/types.js";
import { examine, memoryBreach, type Breach } from "./examine.js";
import type { InputKind, InputSource } from "./inputs.js";

export interface Finding {
  readonly index: number;
  readonly kind: InputKind;
  readonly breach: Breach;
  readonly bytes: Uint8Array;
}

export interface FuzzReport {
  readonly inputs: number;
  readonly seconds: number;
  /** How often each outcome occurred: `features`, or the code of an error. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly slowestMs: number;
  readonly slowestIndex: number;
  readonly peakResidentBytes: number;
  readonly findings: readonly Finding[];
}

export interface FuzzBounds {
  /** Number of the first input. */
  readonly from: number;
  readonly inputs: number;
  readonly seconds: number;
}

/** Asking the system takes longer than most inputs. */
const MEMORY_EVERY = 50;
/** Whoever has that many has enough to do. */
const MOST_FINDINGS = 1000;

/** Examines inputs one by one until there were enough of them or the time is over. */
export function fuzz(source: InputSource, target: TargetPredictor, bounds: FuzzBounds, onProgress: (report: FuzzReport) => void): FuzzReport {
  const outcomes = new Map<string, number>();
  const findings: Finding[] = [];
  const started = performance.now();
  let [slowestMs, slowestIndex, peakResidentBytes, done] = [0, -1, 0, 0];
  const report = (): FuzzReport => {
    return { inputs: done, seconds: (performance.now() - started) / 1000, outcomes, slowestMs, slowestIndex, peakResidentBytes, findings };
  };
  for (let index = bounds.from; done < bounds.inputs && performance.now() - started < bounds.seconds * 1000; index += 1) {
    const { kind, bytes, random } = source.at(index);
    const { outcome, milliseconds, breach: own } = examine(bytes, random, target);
    const breach = own ?? (done % MEMORY_EVERY === 0 ? memoryBreach() : null);
    done += 1;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (milliseconds > slowestMs) [slowestMs, slowestIndex] = [milliseconds, index];
    if (breach !== null && findings.length < MOST_FINDINGS) findings.push({ index, kind, breach, bytes });
    if (done % 1000 === 0) {
      peakResidentBytes = Math.max(peakResidentBytes, process.memoryUsage.rss());
      onProgress(report());
    }
  }
  peakResidentBytes = Math.max(peakResidentBytes, process.memoryUsage.rss());
  return report();
}

/** Whether bytes still break a rule in the same way: the same rule, and for an exception the same line. */
export function breaks(bytes: Uint8Array, breach: Breach, target: TargetPredictor): boolean {
  const found = examine(bytes, createRandom(1), target).breach;
  return found !== null && signatureOf(found) === signatureOf(breach);
}

/** What tells one bug from another, roughly: the rule, and the place of an exception or the words without numbers. */
export function signatureOf({ rule, detail }: Breach): string {
  if (rule !== "exception") return `${rule} ${detail.replace(/"(\\.|[^"\\])*"|-?\d[\d.e+-]*/g, "#").slice(0, 80)}`;
  const place = detail.split("\n").find((line) => line.includes("src/")) ?? "";
  return `${rule} ${(detail.split("\n")[0] ?? "").replace(/\d+/g, "#")} ${place.trim()}`;
}
