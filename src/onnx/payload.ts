import { bitsOf, type DataType } from "./dtype.js";
import { asUnsigned64, fromBfloat16, fromFloat16, saturate } from "./numbers.js";
import { TENSOR } from "./schema.js";

/** Reads element i of a little-endian payload. */
type ElementReader = (view: DataView, i: number) => number;

const READERS: ReadonlyMap<DataType, ElementReader> = new Map<DataType, ElementReader>([
  ["float32", (view, i) => view.getFloat32(4 * i, true)],
  ["float64", (view, i) => view.getFloat64(8 * i, true)],
  ["float16", (view, i) => fromFloat16(view.getUint16(2 * i, true))],
  ["bfloat16", (view, i) => fromBfloat16(view.getUint16(2 * i, true))],
  ["int64", (view, i) => saturate(view.getInt32(8 * i + 4, true) * 2 ** 32 + view.getUint32(8 * i, true))],
  ["uint64", (view, i) => saturate(view.getUint32(8 * i + 4, true) * 2 ** 32 + view.getUint32(8 * i, true))],
  ["int32", (view, i) => view.getInt32(4 * i, true)],
  ["uint32", (view, i) => view.getUint32(4 * i, true)],
  ["int16", (view, i) => view.getInt16(2 * i, true)],
  ["uint16", (view, i) => view.getUint16(2 * i, true)],
  ["int8", (view, i) => view.getInt8(i)],
  ["uint8", (view, i) => view.getUint8(i)],
  ["bool", (view, i) => (view.getUint8(i) === 0 ? 0 : 1)],
  ["int4", (view, i) => signed4(nibble(view.getUint8(i >> 1), i))],
  ["uint4", (view, i) => nibble(view.getUint8(i >> 1), i)],
]);

/** True for the types whose elements are one plain number each. */
export function isNumeric(dtype: DataType): boolean {
  return READERS.has(dtype);
}

/** Bytes of `raw_data` for this many elements (two 4-bit elements share a byte). */
export function rawBytes(dtype: DataType, count: number): number {
  return Math.ceil((count * bitsOf(dtype)) / 8);
}

/**
 * Decodes `raw_data`: little-endian, 4-bit types with the first element in the lower half of a byte.
 * @param raw exactly rawBytes(dtype, count) bytes of a numeric type
 */
export function decodeRaw(raw: Uint8Array, dtype: DataType, count: number): number[] {
  const read = READERS.get(dtype);
  if (read === undefined) return [];
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const values: number[] = [];
  for (let i = 0; i < count; i += 1) values.push(read(view, i));
  return values;
}

/** The field of TensorProto that holds elements of this type when `raw_data` does not. */
export function typedField(dtype: DataType): number {
  switch (dtype) {
    case "float32":
      return TENSOR.floatData;
    case "float64":
      return TENSOR.doubleData;
    case "int64":
      return TENSOR.int64Data;
    case "uint32":
    case "uint64":
      return TENSOR.uint64Data;
    default:
      return TENSOR.int32Data;
  }
}

/** How many entries of the typed field this many elements take. */
export function typedEntries(dtype: DataType, count: number): number {
  return bitsOf(dtype) === 4 ? Math.ceil(count / 2) : count;
}

/**
 * Decodes the entries of the typed field: small types travel as int32, 16-bit floats as their bits, 4-bit types in pairs.
 * @param entries exactly typedEntries(dtype, count) numbers
 */
export function decodeTyped(entries: readonly number[], dtype: DataType, count: number): number[] {
  switch (dtype) {
    case "int64":
      return entries.map(saturate);
    case "uint64":
      return entries.map((entry) => saturate(asUnsigned64(entry)));
    case "uint32":
      return entries.map((entry) => entry >>> 0);
    case "float16":
      return entries.map((entry) => fromFloat16(entry));
    case "bfloat16":
      return entries.map((entry) => fromBfloat16(entry));
    case "bool":
      return entries.map((entry) => (entry === 0 ? 0 : 1));
    case "int4":
      return Array.from({ length: count }, (_, i) => signed4(nibble(entries[i >> 1] ?? 0, i)));
    case "uint4":
      return Array.from({ length: count }, (_, i) => nibble(entries[i >> 1] ?? 0, i));
    case "float32":
    case "float64":
      return [...entries];
    default:
      return entries.map((entry) => entry | 0);
  }
}

function nibble(byte: number, i: number): number {
  return (i & 1) === 0 ? byte & 0xf : (byte >> 4) & 0xf;
}

function signed4(bits: number): number {
  return bits >= 8 ? bits - 16 : bits;
}
