import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { buildGraph } from "../graph/build.js";
import type { Graph } from "../graph/types.js";
import { readOnnxFile } from "./onnx-file.js";
import { readOnnxStream } from "../onnx/reader.js";
import { UsageError, type CliContext } from "./context.js";

/** The chunks of a file, or of standard input for `-`. Throws UsageError where it cannot be read. */
export async function* fileChunks(file: string, { input }: CliContext): AsyncGenerator<Buffer> {
  const stream: Readable = file === "-" ? input : createReadStream(file, { highWaterMark: 256 * 1024 });
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    if (error instanceof Error && "syscall" in error) throw new UsageError(`Cannot read ${file}: ${error.message}`);
    throw error;
  }
}

/** Reads an ONNX file, or standard input for `-` as it streams by. Throws ModelError, UsageError. */
export async function readModelFile(
  file: string,
  dims: ReadonlyMap<string, number>,
  context: CliContext,
): Promise<Graph> {
  if (file !== "-") return buildGraph(await readable(file, readOnnxFile(file)), { dims });
  return buildGraph(await readOnnxStream(fileChunks(file, context)), { dims });
}

async function readable<T>(file: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "syscall" in error) throw new UsageError(`Cannot read ${file}: ${error.message}`);
    throw error;
  }
}
