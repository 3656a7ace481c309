import { existsSync } from "node:fs";
import { groupBy } from "../../features/group-by.js";
import { memoryTerms } from "../../features/memory-terms.js";
import type { ModelFeatures } from "../../features/model-features.js";
import { besideFolder, readHead } from "../dataset/folders.js";
import { type MeasuredMemory, readMemoryRows } from "../dataset/memory-row.js";
import { mean } from "../dataset/statistics.js";
import type { Machine } from "../measure/machine.js";
import { MEMORY } from "../measure/plan.js";
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
  /** Of machines for which it holds: see kindOf. */
  readonly kind: string;
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
  const [kind, wanted] = [kindOf(machine), kindOf(corpus.machine)];
  if (kind !== wanted) throw new RangeError(`${folder} is of ${kind}, ${corpus.folder} of ${wanted}`);
  const rows = await readMemoryRows(folder);
  const measured = rows.filter((row) => row.kind === "memory");
  const rounds = [...groupBy(measured, ({ id }) => id).values()].filter((own) => own.length > 1).map((own) => own.map(runningBytes));
  return {
    folder,
    machine,
    kind,
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
