import { OnnxReader } from "../../onnx/reader.js";
import type { OnnxModel } from "../../onnx/types.js";
import { ProblemError } from "../problems.js";

/** One ONNX file as it arrives: read and counted chunk by chunk; the bytes themselves are not kept. */
export class ModelUpload {
  readonly #reader = new OnnxReader();
  readonly #maxBytes: number;
  #bytes = 0;
  #parseMs = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get parseMs(): number {
    return this.#parseMs;
  }

  /** Throws ModelError at the first byte that cannot be ONNX, ProblemError("upload-too-large") past the limit. */
  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) throw uploadTooLarge(this.#maxBytes);
    const start = performance.now();
    this.#reader.push(chunk);
    this.#parseMs += performance.now() - start;
  }

  /** The whole file read; once only, after the last chunk. Throws ModelError. */
  model(): OnnxModel {
    const start = performance.now();
    const model = this.#reader.end();
    this.#parseMs += performance.now() - start;
    return model;
  }
}

export function uploadTooLarge(limitBytes: number): ProblemError {
  return new ProblemError("upload-too-large", `The upload is larger than ${limitBytes} bytes.`, { limitBytes });
}

/** Refuses a body that announces more than the limit before any of it is read. */
export function checkContentLength(header: string | undefined, limitBytes: number): void {
  if (header !== undefined && Number(header) > limitBytes) throw uploadTooLarge(limitBytes);
}
