import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { MemoryReport } from "../engines/python-engine.js";
import { parseLines } from "./lines.js";
import type { Position } from "./row.js";

/** Name of the file of such rows in a folder of them. */
export const MEMORY_FILE = "memory.jsonl";

/** Resident memory of a process that had no other model before. */
export interface MeasuredMemory extends Position, MemoryReport {
  readonly kind: "memory";
}

/** The engine refused the network, or died of it. */
export interface FailedMemory extends Position {
  readonly kind: "failed";
  /** The engine's message, verbatim. */
  readonly error: string;
}

export type MemoryRow = MeasuredMemory | FailedMemory;

/** The rows of a folder, packed or not. Throws where there are none. */
export async function readMemoryRows(folder: string): Promise<readonly MemoryRow[]> {
  const packed = join(folder, `${MEMORY_FILE}.gz`);
  const text = existsSync(packed) ? gunzipSync(await readFile(packed)) : await readFile(join(folder, MEMORY_FILE));
  return parseLines(text.toString()) as readonly MemoryRow[];
}
