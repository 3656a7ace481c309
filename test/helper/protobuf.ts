/** Protobuf bytes by hand, for files that no writer would write. */

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

/** A varint of 64 bits; negative numbers as two's complement. */
export function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

export function tag(field: number, wireType: number): Uint8Array {
  return varint(field * 8 + wireType);
}

export function int(field: number, value: number | bigint): Uint8Array {
  return concat(tag(field, 0), varint(value));
}

export function fixed32(field: number, value: number): Uint8Array {
  return concat(tag(field, 5), new Uint8Array(Float32Array.of(value).buffer));
}

export function fixed64(field: number, value: number): Uint8Array {
  return concat(tag(field, 1), new Uint8Array(Float64Array.of(value).buffer));
}

/** A length-delimited field: bytes, packed values or a message. */
export function delimited(field: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const payload = concat(...parts);
  return concat(tag(field, 2), varint(payload.length), payload);
}

export function text(field: number, value: string): Uint8Array {
  return delimited(field, Buffer.from(value));
}

/** Copies bytes into chunks whose sizes the function draws. */
export function* chunks(bytes: Uint8Array, size: () => number): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; ) {
    const end = start + Math.max(1, size());
    yield Uint8Array.from(bytes.subarray(start, end));
    start = end;
  }
}

/** A seeded generator of uniform numbers in [0, 1) (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
