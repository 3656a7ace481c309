import { ModelError } from "../wire/errors.js";
import { DEFAULT_LIMITS, type Limits } from "../wire/limits.js";
import { ProtobufScanner } from "../wire/scanner.js";
import { PartialField } from "../wire/partial.js";
import { Budget } from "./budget.js";
import { ReadContext } from "./graph-builder.js";
import { JSON_START, protobufOfJson } from "./json.js";
import { ModelBuilder } from "./model-builder.js";
import { sniff, SNIFF_BYTES, type Sniffed } from "./sniff.js";
import type { OnnxModel } from "./types.js";

export interface OnnxReaderOptions {
  /** Limits that differ from the defaults. */
  readonly limits?: Partial<Limits>;
}

/**
 * Reads an ONNX model as its bytes arrive, in chunks of any size. Weights pass by without being copied, so that the memory
 * needed follows the structure and not the size of the file; external data is never opened. A file whose first byte is a
 * brace is ONNX in protobuf's JSON form, or no ONNX; it is held as a whole up to a limit. After an error the reader repeats
 * that error.
 *
 * @throws ModelError (from push and end) "empty", "not-onnx", "malformed", "truncated", "limit-exceeded" or, for element
 *   types that ONNX does not define, "unsupported"; with the byte offset where there is one.
 */
export class OnnxReader {
  private readonly root: ModelBuilder;
  private readonly scanner: ProtobufScanner;
  /** The first bytes, until there are enough to tell what they are; then null. */
  private head: Buffer | null = Buffer.alloc(SNIFF_BYTES);
  private headLength = 0;
  private suspicion: Sniffed | null = null;
  /** What has arrived of a file in JSON; null: it is none, or nothing has arrived. */
  private json: PartialField | null = null;
  private converted: Uint8Array | null = null;
  private failure: ModelError | null = null;

  private readonly limits: Limits;

  constructor(options: OnnxReaderOptions = {}) {
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.root = new ModelBuilder(new ReadContext(new Budget(this.limits)));
    this.scanner = new ProtobufScanner(this.root, this.limits);
  }

  /** Whether the file is JSON, as far as its first byte tells. */
  get isJson(): boolean {
    return this.json !== null;
  }

  /** The same model as ONNX bytes when the file was JSON and has been read; else null. */
  get convertedJson(): Uint8Array | null {
    return this.converted;
  }

  /** Reads the next bytes of the file; the chunk may be reused afterwards. */
  push(chunk: Uint8Array): void {
    this.guard(() => {
      if (this.headLength === 0 && chunk[0] === JSON_START) this.json ??= new PartialField();
      if (this.json !== null) {
        this.collectJson(this.json, chunk);
        return;
      }
      const taken = this.fillHead(chunk);
      if (this.head === null) this.scanner.push(taken === 0 ? chunk : chunk.subarray(taken));
    });
  }

  /** Bytes that come next and are of no interest, weights mostly: who can find its place in the file may pass over them. */
  get skippable(): number {
    return this.head === null && this.failure === null ? this.scanner.skippable : 0;
  }

  /** Goes past bytes as if they had been pushed; at most as many as are skippable. */
  pass(bytes: number): void {
    this.guard(() => this.scanner.pass(bytes));
  }

  /** The file is complete. */
  end(): OnnxModel {
    return this.guard(() => {
      if (this.json !== null) return this.readJson(this.json);
      if (this.head !== null) {
        if (this.headLength === 0) throw new ModelError("empty", "the file is empty", { byteOffset: 0 });
        this.examineHead(this.head.subarray(0, this.headLength));
      }
      this.scanner.end();
      return this.root.build(this.scanner.offset);
    });
  }

  private collectJson(json: PartialField, chunk: Uint8Array): void {
    const { maxJsonBytes } = this.limits;
    if (json.length + chunk.length > maxJsonBytes) {
      throw new ModelError("limit-exceeded", `ONNX as JSON is read up to ${maxJsonBytes} bytes`, { byteOffset: maxJsonBytes });
    }
    json.append(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength), 0, chunk.length);
  }

  private readJson(json: PartialField): OnnxModel {
    this.converted = protobufOfJson(json.bytes.subarray(0, json.length), this.limits.maxDepth);
    try {
      this.scanner.push(this.converted);
      this.scanner.end();
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      // Offsets into what the JSON became would mislead.
      const { byteOffset, ...detail } = error.detail;
      throw byteOffset === undefined ? error : new ModelError(error.code, error.message, detail);
    }
    return this.root.build(json.length);
  }

  /** Takes what the head still needs; returns how many bytes of the chunk that was. */
  private fillHead(chunk: Uint8Array): number {
    if (this.head === null) return 0;
    const part = chunk.subarray(0, SNIFF_BYTES - this.headLength);
    this.head.set(part, this.headLength);
    this.headLength += part.length;
    if (this.headLength === SNIFF_BYTES) this.examineHead(this.head);
    return part.length;
  }

  private examineHead(head: Uint8Array): void {
    this.head = null;
    this.suspicion = sniff(head);
    if (this.suspicion?.certain === true) throw notOnnx(this.suspicion);
    this.scanner.push(head);
  }

  /** Keeps the first error, and says what the file is where bytes that look like text turn out to be no model. */
  private guard<T>(action: () => T): T {
    if (this.failure !== null) throw this.failure;
    try {
      return action();
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      this.failure = this.suspicion === null ? error : notOnnx(this.suspicion);
      throw this.failure;
    }
  }
}

function notOnnx(found: Sniffed): ModelError {
  return new ModelError("not-onnx", `this is ${found.what}, not an ONNX model`, { byteOffset: 0 });
}

/**
 * Reads a model that is in memory.
 * @throws ModelError as OnnxReader does
 */
export function readOnnx(bytes: Uint8Array, options?: OnnxReaderOptions): OnnxModel {
  const reader = new OnnxReader(options);
  reader.push(bytes);
  return reader.end();
}

/**
 * Reads a model from a stream, one chunk in memory at a time. Errors of the stream itself are passed on.
 * @throws ModelError as OnnxReader does, as soon as the offending chunk has arrived
 */
export async function readOnnxStream(chunks: AsyncIterable<Uint8Array>, options?: OnnxReaderOptions): Promise<OnnxModel> {
  const reader = new OnnxReader(options);
  for await (const chunk of chunks) reader.push(chunk);
  return reader.end();
}
