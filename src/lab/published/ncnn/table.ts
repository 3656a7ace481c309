import { join } from "node:path";
import { positive, PublishedDataError, readCsv } from "../csv.js";

/** Where the table comes from; goes into every page and manifest made of it. */
export const NCNN_SOURCE = "ncnn, benchmark/README.md (Tencent and contributors, BSD-3-Clause)";

export const NCNN_STATISTICS = ["min_ms", "avg_ms"] as const;
export type NcnnStatistic = (typeof NCNN_STATISTICS)[number];

/** One log of benchncnn: networks in one configuration of one board. */
export interface NcnnRun {
  readonly id: string;
  /** As the readme heads the board. */
  readonly device: string;
  readonly threads: number;
  /** 0 all cores, 1 little ones, 2 big ones. */
  readonly powersave: number;
  /** -1 is the CPU. */
  readonly gpuDevice: number;
  /** Network -> milliseconds. */
  readonly latencyMs: ReadonlyMap<string, Readonly<Record<NcnnStatistic, number>>>;
}

const COLUMNS = ["device", "threads", "powersave", "gpu_device", "model", "run", ...NCNN_STATISTICS];

/**
 * `ncnn/benchncnn.csv` of the folder of published tables, its runs in the file's order.
 *
 * @throws PublishedDataError for a file that cannot be read, a setting or latency that is no number, a network that one
 *   run names twice, or a run of two boards
 */
export function readNcnnTable(folder: string): readonly NcnnRun[] {
  const path = join(folder, "ncnn", "benchncnn.csv");
  const runs = new Map<string, NcnnRun & { readonly latencyMs: Map<string, Record<NcnnStatistic, number>> }>();
  for (const row of readCsv(path, COLUMNS)) {
    const text = (column: string): string => row.get(column) ?? "";
    const id = text("run");
    const run = runs.get(id) ?? {
      id,
      device: text("device"),
      threads: whole(text("threads"), "threads", path),
      powersave: whole(text("powersave"), "powersave", path),
      gpuDevice: whole(text("gpu_device"), "gpu_device", path),
      latencyMs: new Map<string, Record<NcnnStatistic, number>>(),
    };
    if (run.device !== text("device")) throw new PublishedDataError(`${path}: run ${id} is of ${run.device} and of ${text("device")}.`);
    if (run.latencyMs.has(text("model"))) throw new PublishedDataError(`${path}: run ${id} has ${text("model")} twice.`);
    run.latencyMs.set(text("model"), { min_ms: positive(row, "min_ms", path), avg_ms: positive(row, "avg_ms", path) });
    runs.set(id, run);
  }
  return [...runs.values()];
}

function whole(text: string, column: string, path: string): number {
  const value = Number(text);
  if (text === "" || !Number.isSafeInteger(value)) throw new PublishedDataError(`${path}: ${column} is "${text}", not a whole number.`);
  return value;
}
