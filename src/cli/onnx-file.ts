import { open, type FileHandle } from "node:fs/promises";
import { OnnxReader, readOnnxStream, type OnnxReaderOptions } from "../onnx/reader.js";
import type { OnnxModel } from "../onnx/types.js";

/** Read at once: between two weights there is mostly less. */
const BLOCK_BYTES = 64 * 1024;

/**
 * Reads a model file. Weights are passed over without being read from the disk, so that time follows the structure, and a
 * gigabyte takes little longer than a megabyte. What cannot be read at a place of choice (a pipe) is read from end to end.
 *
 * @throws ModelError as OnnxReader does; the error of the file system for a file that cannot be read
 */
export async function readOnnxFile(path: string, options?: OnnxReaderOptions): Promise<OnnxModel> {
  const file = await open(path);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return await readOnnxStream(file.createReadStream({ autoClose: false }), options);
    return await readStructure(file, stats.size, new OnnxReader(options));
  } finally {
    await file.close();
  }
}

async function readStructure(file: FileHandle, size: number, reader: OnnxReader): Promise<OnnxModel> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let position = 0;
  for (;;) {
    const { bytesRead } = await file.read(block, 0, block.length, position);
    if (bytesRead === 0) return reader.end();
    position += bytesRead;
    reader.push(block.subarray(0, bytesRead));
    const passed = Math.min(reader.skippable, Math.max(0, size - position));
    if (passed === 0) continue;
    reader.pass(passed);
    position += passed;
  }
}
