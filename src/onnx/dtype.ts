/** Element types of ONNX's TensorProto.DataType, by number, with their width in bits (0: no fixed width). */
const TABLE = [
  ["undefined", 0],
  ["float32", 32],
  ["uint8", 8],
  ["int8", 8],
  ["uint16", 16],
  ["int16", 16],
  ["int32", 32],
  ["int64", 64],
  ["string", 0],
  ["bool", 8],
  ["float16", 16],
  ["float64", 64],
  ["uint32", 32],
  ["uint64", 64],
  ["complex64", 64],
  ["complex128", 128],
  ["bfloat16", 16],
  ["float8e4m3fn", 8],
  ["float8e4m3fnuz", 8],
  ["float8e5m2", 8],
  ["float8e5m2fnuz", 8],
  ["uint4", 4],
  ["int4", 4],
  ["float4e2m1", 4],
  ["float8e8m0", 8],
  ["uint2", 2],
  ["int2", 2],
  ["float6e2m3", 6],
  ["float6e3m2", 6],
] as const;

export type DataType = (typeof TABLE)[number][0];

/** The type with this number in TensorProto.DataType, or null for a number that ONNX does not define. */
export function dataTypeOf(code: number): DataType | null {
  return TABLE[code]?.[0] ?? null;
}

const BITS: ReadonlyMap<DataType, number> = new Map(TABLE);

/** Width of one element in bits; 0 where it is not fixed (strings). */
export function bitsOf(dtype: DataType): number {
  return BITS.get(dtype) ?? 0;
}
