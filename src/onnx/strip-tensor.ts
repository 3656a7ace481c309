import { ByteSink } from "../wire/byte-sink.js";
import type { Limits } from "../wire/limits.js";
import { bitsOf, dataTypeOf } from "./dtype.js";
import { Budget } from "./budget.js";
import { EXTERNAL, elements } from "./tensor-builder.js";
import { EXTERNAL_ENTRY, TENSOR } from "./schema.js";

/** The file that a stripped tensor says to lie in. It need not exist: nothing here opens it. */
export const STRIPPED_LOCATION = "weights";

/** A kept element takes at most a tag and ten bytes. */
const MAX_PAYLOAD_BYTES_PER_ELEMENT = 16;

const PAYLOADS: ReadonlySet<number> = new Set([
  TENSOR.floatData,
  TENSOR.int32Data,
  TENSOR.int64Data,
  TENSOR.rawData,
  TENSOR.doubleData,
  TENSOR.uint64Data,
]);

/** Fields of TensorProto that a stripped tensor keeps as they are: dims, data_type, segment, string_data, name. */
const COPIED: ReadonlySet<number> = new Set([TENSOR.dims, TENSOR.dataType, 3, 6, TENSOR.name]);

/** Where the tensors that were stripped so far would lie in their file. */
export class StrippedWeights {
  private readonly budget: Budget;
  /** How many tensors lost their elements. */
  tensors = 0;
  /** How large a file would have to be to hold them; NaN when a tensor is larger than can be counted. */
  bytes = 0;

  constructor(private readonly limits: Limits) {
    this.budget = new Budget(limits);
  }

  get maxPayloadBytes(): number {
    const { maxIndexElements, maxOtherElements } = this.limits;
    return MAX_PAYLOAD_BYTES_PER_ELEMENT * Math.max(maxIndexElements, maxOtherElements);
  }

  /** Whether the reader would keep the elements of such a tensor: then they are part of the structure. */
  keeps(dims: readonly number[], typeCode: number): boolean {
    const dtype = dataTypeOf(typeCode);
    return dtype === null || dtype === "string" || elements(dims) <= this.budget.elementsFor(dtype);
  }

  /** Writes the fields of a tensor whose elements lie elsewhere. */
  writeReference(out: ByteSink, dims: readonly number[], typeCode: number): void {
    const dtype = dataTypeOf(typeCode);
    const length = dtype === null ? 0 : Math.ceil((elements(dims) * bitsOf(dtype)) / 8);
    writeEntry(out, "location", STRIPPED_LOCATION);
    if (Number.isSafeInteger(this.bytes + length)) {
      writeEntry(out, "offset", String(this.bytes));
      writeEntry(out, "length", String(length));
    }
    out.intField(TENSOR.dataLocation, EXTERNAL);
    this.tensors += 1;
    this.bytes = Number.isSafeInteger(this.bytes + length) ? this.bytes + length : NaN;
  }
}

/** What has been read of one TensorProto: its payload waits for the end, because shape and type may come after it. */
export class TensorStripping {
  readonly dims: number[] = [];
  typeCode = 0;
  external = false;
  private readonly payload = new ByteSink();
  private left = false;

  constructor(private readonly weights: StrippedWeights) {}

  /** Where a field of this many bytes goes, tag included; null: nowhere. */
  sinkFor(field: number, bytes: number, out: ByteSink): ByteSink | null {
    if (COPIED.has(field)) return out;
    if (!PAYLOADS.has(field)) return null;
    if (this.left || this.payload.length + bytes > this.weights.maxPayloadBytes) {
      this.left = true;
      this.payload.clear();
      return null;
    }
    return this.payload;
  }

  finish(out: ByteSink): void {
    if (this.external || this.left || !this.weights.keeps(this.dims, this.typeCode)) {
      this.weights.writeReference(out, this.dims, this.typeCode);
    } else {
      out.append(this.payload.bytes);
    }
  }
}

function writeEntry(out: ByteSink, key: string, value: string): void {
  const entry = new ByteSink();
  entry.bytesField(EXTERNAL_ENTRY.key, Buffer.from(key));
  entry.bytesField(EXTERNAL_ENTRY.value, Buffer.from(value));
  out.bytesField(TENSOR.externalData, entry.bytes);
}
