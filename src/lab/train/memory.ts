import { existsSync } from "node:fs";
import { basename } from "node:path";
import { MEMORY_TERMS, type MemoryTerm, memoryTerms } from "../../features/memory-terms.js";
import type { ModelFeatures } from "../../features/model-features.js";
import { groupBy } from "../../features/group-by.js";
import { solveNonNegative } from "../../conv/nnls.js";
import { memorySums, type MemorySum, type ProcessMemoryModel } from "../../model/process-memory.js";
import { conformalQuantile } from "../../predict/interval.js";
import { besideFolder, readHead } from "../dataset/folders.js";
import { type MeasuredMemory, readMemoryRows } from "../dataset/memory-row.js";
import type { Split } from "../evaluate/splits.js";
import type { Machine } from "../measure/machine.js";
import { MEMORY } from "../measure/plan.js";
import { accuracyOf, type Pair } from "../../predict/accuracy.js";
import { mean } from "../dataset/statistics.js";
import { INTERVAL_COVERAGE } from "./calibrate.js";
import type { MemoryRecord } from "../../predict/manifest.js";
import type { Corpus } from "./corpus.js";
import { featuresIn } from "./load-corpus.js";

/** What a network was measured to take beyond what the process held before, MiB. */
export interface MemoryExample {
  readonly id: string;
  readonly family: string;
  /** In the order of MEMORY_TERMS. */
  readonly terms: readonly number[];
  /** At most until it is loaded. */
  readonly loadingMiB: number;
  /** At most after that. */
  readonly runningMiB: number;
}

const MIB = 2 ** 20;

const runningBytes = ({ runPeakBytes, beforeLoadBytes }: MeasuredMemory): number => runPeakBytes - beforeLoadBytes;

/** The example of each network that was measured and has features; of several rounds the mean. */
export function memoryExamples(
  rows: readonly MeasuredMemory[],
  networks: readonly { readonly id: string; readonly family: string; readonly features: ModelFeatures }[],
): MemoryExample[] {
  const byId = groupBy(rows, ({ id }) => id);
  return networks.flatMap(({ id, family, features }) => {
    const rounds = byId.get(id) ?? [];
    if (rounds.length === 0) return [];
    return [
      {
        id,
        family,
        terms: memoryTerms(features),
        loadingMiB: mean(rounds.map(({ loadPeakBytes, beforeLoadBytes }) => loadPeakBytes - beforeLoadBytes)) / MIB,
        runningMiB: mean(rounds.map(runningBytes)) / MIB,
      },
    ];
  });
}

/** Memory of a dataset's networks, on a machine for which it holds. */
export interface RecordedMemory {
  /** Folder. */
  readonly folder: string;
  readonly machine: Machine;
  readonly examples: readonly MemoryExample[];
  /** Networks that were measured twice, and the largest relative difference between the two. */
  readonly repeats: { readonly networks: number; readonly largestDifference: number };
  readonly failures: number;
}

/**
 * Reads what memory a corpus' networks took: of the folder beside the dataset's, or of another. Null where the dataset has none beside it.
 *
 * @throws RangeError where it was measured with another engine or on another kind of processor
 */
export async function loadMemory(corpus: Pick<Corpus, "folder" | "machine" | "idle">, chosen?: string): Promise<RecordedMemory | null> {
  const folder = chosen ?? besideFolder(corpus.folder, MEMORY.name);
  if (chosen === undefined && !existsSync(folder)) return null;
  const { machine } = readHead(folder);
  if (kindOf(machine) !== kindOf(corpus.machine)) throw new RangeError(`${folder} is of ${kindOf(machine)}, ${corpus.folder} of ${kindOf(corpus.machine)}`);
  const rows = await readMemoryRows(folder);
  const measured = rows.filter((row) => row.kind === "memory");
  const rounds = [...groupBy(measured, ({ id }) => id).values()].filter((own) => own.length > 1).map((own) => own.map(runningBytes));
  return {
    folder,
    machine,
    examples: memoryExamples(measured, corpus.idle),
    repeats: { networks: rounds.length, largestDifference: Math.max(0, ...rounds.map((own) => Math.max(...own) / Math.min(...own) - 1)) },
    failures: rows.length - measured.length,
  };
}

/** The same of real exports, recorded beside the networks': they only test. Null where there are none. */
export async function loadRealMemory({ folder }: Pick<RecordedMemory, "folder">, { rules }: Pick<Corpus, "rules">): Promise<readonly MemoryExample[] | null> {
  const real = besideFolder(folder, "real");
  if (!existsSync(real)) return null;
  const rows = (await readMemoryRows(real)).filter((row) => row.kind === "memory");
  const featuresOf = featuresIn(readHead(real).plan, rules);
  return memoryExamples(rows, [...new Set(rows.map(({ id }) => id))].map((id) => ({ id, family: "", features: featuresOf(id) })));
}

/** What decides how much memory a network takes; the clock and the build of the system's kernel play no part. */
function kindOf({ engine, engineVersion, architecture, simd, threads }: Machine): string {
  return `${engine} ${engineVersion}, ${architecture} with ${simd}, ${threads} thread(s)`;
}

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
    machine: `${recorded.machine.cpu}, ${kindOf(recorded.machine)}, id ${recorded.machine.id}`,
    networks: recorded.examples.length - test.length,
    metrics: [
      { split: "test models, memory at the peak", ...accuracyOf(peak) },
      { split: "test models, memory while running", ...accuracyOf(running) },
    ],
  };
}
