import { splitOf } from "../evaluate/splits.js";
import { loadCorpus } from "./load-corpus.js";
import { memoryRecord } from "./memory.js";
import { loadMemory } from "./memory-examples.js";
import { readRecorded, rewriteExtra } from "./recorded-artifact.js";

export interface MemoryOptions {
  /** Folder of the artifact that learns of memory. */
  readonly directory: string;
  readonly data: string;
  /** Folder of what memory the data's networks take, where it is not the one beside the data. */
  readonly memory?: string | undefined;
  readonly log: (message: string) => void;
}

/** Fits the memory of a trained artifact's networks again and rewrites its manifest; the tensors stay as they are. */
export async function rewriteMemory({ directory, data, memory, log }: MemoryOptions): Promise<void> {
  const artifact = await readRecorded(directory);
  const corpus = await loadCorpus(data, log);
  const recorded = await loadMemory(corpus, memory);
  if (recorded === null) throw new RangeError(`${data} has no memory beside it: name its folder by --memory`);
  const record = memoryRecord(recorded, splitOf(corpus));
  for (const { split, mapePercent, within10Percent, rows } of record.metrics) {
    log(`${split}: MAPE ${mapePercent.toFixed(2)} %, ±10 % ${within10Percent.toFixed(1)} (${rows} networks)`);
  }
  await rewriteExtra(directory, artifact, { memory: record }, { what: "memory", log });
}
