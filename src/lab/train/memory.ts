import { basename } from "node:path";
import { solveNonNegative } from "../../conv/nnls.js";
import { MEMORY_TERMS, type MemoryTerm } from "../../features/memory-terms.js";
import { memorySums, type MemorySum, type ProcessMemoryModel } from "../../model/process-memory.js";
import { accuracyOf, type Pair } from "../../predict/accuracy.js";
import { conformalQuantile } from "../../predict/interval.js";
import type { MemoryRecord } from "../../predict/manifest.js";
import type { Split } from "../evaluate/splits.js";
import { INTERVAL_COVERAGE } from "./calibrate.js";
import type { MemoryExample, RecordedMemory } from "./memory-examples.js";

/** Non-negative least squares on relative errors. */
function fitSum(examples: readonly MemoryExample[], terms: readonly MemoryTerm[], measured: (example: MemoryExample) => number): MemorySum {
  const places = terms.map((name) => MEMORY_TERMS.indexOf(name));
  const design = examples.map((example) => places.map((place) => (example.terms[place] ?? 0) / measured(example)));
  const solved = solveNonNegative(
    design,
    examples.map(() => 1),
  );
  return Object.fromEntries(terms.flatMap((name, i) => ((solved[i] ?? 0) > 0 ? [[name, solved[i]] as const] : [])));
}

export type MemorySums = Pick<ProcessMemoryModel, "loading" | "running">;

/** @param terms those that may count */
export function fitMemory(examples: readonly MemoryExample[], terms: readonly MemoryTerm[] = MEMORY_TERMS): MemorySums {
  return { loading: fitSum(examples, terms, ({ loadingMiB }) => loadingMiB), running: fitSum(examples, terms, ({ runningMiB }) => runningMiB) };
}

/** Predicted and measured MiB. */
export interface MemoryPairs {
  readonly running: readonly Pair[];
  readonly peak: readonly Pair[];
}

export function memoryPairs(sums: MemorySums, examples: readonly MemoryExample[]): MemoryPairs {
  const predicted = examples.map(({ terms }) => memorySums(sums, terms));
  return {
    running: examples.map(({ runningMiB }, i) => ({ predicted: predicted[i]?.running ?? NaN, measured: runningMiB })),
    peak: examples.map(({ runningMiB, loadingMiB }, i) => ({ predicted: predicted[i]?.peak ?? NaN, measured: Math.max(runningMiB, loadingMiB) })),
  };
}

/** Every example by sums that its family played no part in: networks of strangers are of no family that was measured. */
export function leftOutMemoryPairs(examples: readonly MemoryExample[]): MemoryPairs {
  const families = [...new Set(examples.map(({ family }) => family))].sort();
  const parts = families.map((left) =>
    memoryPairs(
      fitMemory(examples.filter(({ family }) => family !== left)),
      examples.filter(({ family }) => family === left),
    ),
  );
  return { running: parts.flatMap(({ running }) => running), peak: parts.flatMap(({ peak }) => peak) };
}

/** Half-widths, on the logarithm, of intervals that hold INTERVAL_COVERAGE of families that were left out. */
export function memoryHalfWidths(examples: readonly MemoryExample[]): ProcessMemoryModel["halfWidths"] {
  const { running, peak } = leftOutMemoryPairs(examples);
  const halfWidthOf = (pairs: readonly Pair[]): number => conformalQuantile(pairs.map(logResidual), INTERVAL_COVERAGE);
  return { running: halfWidthOf(running), peak: halfWidthOf(peak) };
}

/** Of the models of a split that may train, those that validate among them: there is nothing to stop early. */
export function trainMemory(examples: readonly MemoryExample[], { test }: Pick<Split, "test">): ProcessMemoryModel {
  const training = examples.filter(({ id }) => !test.has(id));
  return { ...fitMemory(training), coverage: INTERVAL_COVERAGE, halfWidths: memoryHalfWidths(training) };
}

/** log(measured / predicted). */
export const logResidual = ({ predicted, measured }: Pair): number => Math.log(measured / predicted);

/** What a manifest says of memory: the sums, where they come from, and how good they are on the models that test. */
export function memoryRecord(recorded: RecordedMemory, split: Pick<Split, "test">): MemoryRecord {
  const model = trainMemory(recorded.examples, split);
  const test = recorded.examples.filter(({ id }) => split.test.has(id));
  const { running, peak } = memoryPairs(model, test);
  return {
    ...model,
    data: basename(recorded.folder),
    machine: `${recorded.machine.cpu}, ${recorded.kind}, id ${recorded.machine.id}`,
    networks: recorded.examples.length - test.length,
    metrics: [
      { split: "test models, memory at the peak", ...accuracyOf(peak) },
      { split: "test models, memory while running", ...accuracyOf(running) },
    ],
  };
}
