const MAX = Number.MAX_SAFE_INTEGER;
const WORD = new DataView(new ArrayBuffer(4));

/** A 64-bit integer (possibly rounded to a double) cut to the range in which doubles are exact. */
export function saturate(value: number): number {
  if (value > MAX) return MAX;
  return value < -MAX ? -MAX : value;
}

/** A signed 64-bit integer, reinterpreted as unsigned (and rounded like every double beyond 2^53). */
export function asUnsigned64(value: number): number {
  return value < 0 ? value + 2 ** 64 : value;
}

/** IEEE 754 binary16. */
export function fromFloat16(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16: the upper half of a float32. */
export function fromBfloat16(bits: number): number {
  WORD.setUint32(0, (bits & 0xffff) * 0x10000);
  return WORD.getFloat32(0);
}
