import { ModelError } from "../wire/errors.js";
import { MessageHandler } from "../wire/schema.js";
import type { Budget } from "./budget.js";
import { dataTypeOf, type DataType } from "./dtype.js";
import { PassedMessage } from "./passed-message.js";
import { decodeRaw, decodeTyped, isNumeric, rawBytes, typedEntries, typedField } from "./payload.js";
import { SPARSE_TENSOR, SPARSE_TENSOR_SCHEMA, TENSOR, TENSOR_SCHEMA } from "./schema.js";
import type { OnnxTensor } from "./types.js";

/** TensorProto.DataLocation: the elements lie in another file. */
export const EXTERNAL = 1;
const MAX_VARINT_BYTES = 10;
const MAX_ELEMENT_BYTES = 8;

/**
 * Collects a TensorProto. Payloads too large to be kept are refused before a byte of them is copied; smaller ones wait
 * for the end of the message, because the shape and the type may come after them.
 */
export class TensorBuilder extends MessageHandler {
  override readonly schema = TENSOR_SCHEMA;
  private name = "";
  private typeCode = 0;
  private external = false;
  private readonly dims: number[] = [];
  private raw: Uint8Array | null = null;
  private entries: number[] | null = null;
  private entriesField = 0;
  /** True when some payload was not kept. */
  private left = false;

  /** @param done receives the tensor when the message ends; null: the owner calls `build` */
  constructor(
    private readonly budget: Budget,
    private readonly done: OnnxTensor[] | null = null,
  ) {
    super();
  }

  override text(_field: number, value: string): void {
    this.name = value;
  }

  override int(field: number, value: number): void {
    if (field === TENSOR.dims) this.dims.push(value);
    else if (field === TENSOR.dataType) this.typeCode = value;
    else if (field === TENSOR.dataLocation) this.external = value === EXTERNAL;
    else this.addEntry(field, value);
    if (field !== TENSOR.dims) return;
    this.budget.countListItem();
    this.budget.checkRank(this.dims.length, this.name);
  }

  override float(field: number, value: number): void {
    this.addEntry(field, value);
  }

  override keeps(field: number, byteLength: number): boolean {
    if (field === TENSOR.dims) return true;
    const { maxIndexElements, maxOtherElements } = this.budget.limits;
    const limit = Math.max(maxIndexElements, maxOtherElements);
    const bytesPerElement = field === TENSOR.rawData ? MAX_ELEMENT_BYTES : bytesPerEntry(field);
    if (byteLength <= limit * bytesPerElement && !this.isKnownToBeLarge()) return true;
    this.left = true;
    return false;
  }

  override bytes(_field: number, value: Uint8Array): void {
    this.raw = Uint8Array.prototype.slice.call(value);
  }

  override close(): void {
    this.done?.push(this.build());
  }

  /** @throws ModelError("malformed") for dimensions that are none and for a kept payload that contradicts the shape */
  build(): OnnxTensor {
    const dtype = dataTypeOf(this.typeCode);
    if (dtype === null) {
      throw new ModelError("unsupported", `tensor "${this.name}" has the unknown element type ${this.typeCode}`, {
        field: this.name,
      });
    }
    checkDims(this.dims, this.name);
    return { name: this.name, dtype, dims: this.dims.slice(), values: this.decode(dtype), external: this.external };
  }

  private addEntry(field: number, value: number): void {
    const { maxIndexElements, maxOtherElements } = this.budget.limits;
    if (this.entries === null || this.entriesField !== field) this.entries = [];
    this.entriesField = field;
    if (this.entries.length < Math.max(maxIndexElements, maxOtherElements)) this.entries.push(value);
    else this.left = true;
  }

  /** True once shape and type have arrived and say that the values won't be kept. */
  private isKnownToBeLarge(): boolean {
    const dtype = dataTypeOf(this.typeCode);
    return this.typeCode !== 0 && dtype !== null && elements(this.dims) > this.budget.elementsFor(dtype);
  }

  private decode(dtype: DataType): number[] | null {
    const count = elements(this.dims);
    if (count === 0) return [];
    const { raw, entries } = this;
    if (this.external || this.left || !isNumeric(dtype) || count > this.budget.elementsFor(dtype)) return null;
    // Files whose weights were stripped keep shape and type and no payload.
    if (raw !== null && raw.length > 0) {
      this.checkSize(raw.length, rawBytes(dtype, count), "bytes");
      return this.budget.keep(count) ? decodeRaw(raw, dtype, count) : null;
    }
    if (entries !== null && entries.length > 0) {
      this.checkSize(this.entriesField === typedField(dtype) ? entries.length : 0, typedEntries(dtype, count), `${dtype} elements`);
      return this.budget.keep(count) ? decodeTyped(entries, dtype, count) : null;
    }
    return null;
  }

  private checkSize(found: number, expected: number, unit: string): void {
    if (found === expected) return;
    throw new ModelError(
      "malformed",
      `tensor "${this.name}" holds ${found} ${unit} where its shape [${this.dims.join(", ")}] asks for ${expected}`,
      { field: this.name },
    );
  }
}

/** Collects what shapes need of a SparseTensorProto: its name, element type and dense dimensions. */
export class SparseTensorBuilder extends MessageHandler {
  override readonly schema = SPARSE_TENSOR_SCHEMA;
  private readonly dims: number[] = [];
  private readonly values: TensorBuilder;

  /** @param done receives the tensor when the message ends; null: the owner calls `build` */
  constructor(
    private readonly budget: Budget,
    private readonly done: OnnxTensor[] | null = null,
  ) {
    super();
    this.values = new TensorBuilder(budget);
  }

  override int(field: number, value: number): void {
    if (field === SPARSE_TENSOR.dims) this.dims.push(value);
    this.budget.checkRank(this.dims.length, "sparse tensor");
  }

  override message(field: number): MessageHandler {
    return field === SPARSE_TENSOR.values ? this.values : new PassedMessage("tensor");
  }

  override close(): void {
    this.done?.push(this.build());
  }

  build(): OnnxTensor {
    const values = this.values.build();
    checkDims(this.dims, values.name);
    return { ...values, dims: this.dims.slice(), values: null };
  }
}

function bytesPerEntry(field: number): number {
  if (field === TENSOR.floatData) return 4;
  return field === TENSOR.doubleData ? 8 : MAX_VARINT_BYTES;
}

/** The product of the dimensions; it may round or overflow for absurd ones, always to something large. */
export function elements(dims: readonly number[]): number {
  let count = 1;
  for (const dim of dims) {
    if (dim === 0) return 0;
    count *= dim;
  }
  return count;
}

function checkDims(dims: readonly number[], name: string): void {
  for (const dim of dims) {
    if (Number.isSafeInteger(dim) && dim >= 0) continue;
    throw new ModelError("malformed", `tensor "${name}" has the dimension ${dim}`, { field: name });
  }
}
