import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { buildGraph } from "../graph/build.js";
import type { Graph } from "../graph/types.js";
import { OnnxReader } from "../onnx/reader.js";
import { UsageError, type CliContext } from "./context.js";

/** Reads an ONNX file, or standard input for `-`, as it streams by. Throws ModelError, UsageError. */
export async function readModelFile(
  file: string,
  dims: ReadonlyMap<string, number>,
  { input }: CliContext,
): Promise<Graph> {
  const reader = new OnnxReader();
  const stream: Readable = file === "-" ? input : createReadStream(file, { highWaterMark: 256 * 1024 });
  try {
    for await (const chunk of stream) reader.push(chunk as Buffer);
  } catch (error) {
    if (error instanceof Error && "syscall" in error) throw new UsageError(`Cannot read ${file}: ${error.message}`);
    throw error;
  }
  return buildGraph(reader.end(), { dims });
}
