import { describe, expect, it } from "vitest";
import { concat, delimited, fixed32, fixed64, int, text, varint } from "../../test/helper/protobuf.js";
import type { Limits } from "../wire/limits.js";
import { readOnnx } from "./reader.js";
import type { OnnxTensor } from "./types.js";

/** The tensor that the reader makes of these fields of a TensorProto. */
function tensorOf(fields: readonly Uint8Array[], limits: Partial<Limits> = {}): OnnxTensor {
  const graph = delimited(7, delimited(5, text(8, "t"), ...fields));
  const [tensor] = readOnnx(concat(int(1, 8), delimited(8, int(2, 17)), graph), { limits }).graph.initializers;
  if (tensor === undefined) throw new Error("no tensor was read");
  return tensor;
}

const dims = (...sizes: readonly (number | bigint)[]): Uint8Array => concat(...sizes.map((size) => int(1, size)));
const dataType = (code: number): Uint8Array => int(2, code);
const raw = (...bytes: readonly number[]): Uint8Array => delimited(9, Uint8Array.from(bytes));
const rawOf = (array: NodeJS.TypedArray): Uint8Array => delimited(9, new Uint8Array(array.buffer));
const MAX = Number.MAX_SAFE_INTEGER;

describe("raw_data of a small tensor", () => {
  const cases: readonly (readonly [type: string, code: number, data: Uint8Array, values: readonly number[]])[] = [
    ["float32", 1, rawOf(Float32Array.of(0.5, -3)), [0.5, -3]],
    ["uint8", 2, raw(0, 255), [0, 255]],
    ["int8", 3, raw(1, 255), [1, -1]],
    ["uint16", 4, rawOf(Uint16Array.of(1, 65_535)), [1, 65_535]],
    ["int16", 5, rawOf(Int16Array.of(1, -2)), [1, -2]],
    ["int32", 6, rawOf(Int32Array.of(7, -(2 ** 31))), [7, -(2 ** 31)]],
    ["int64", 7, rawOf(BigInt64Array.of(-1n, 2n ** 40n)), [-1, 2 ** 40]],
    ["int64 beyond the safe range", 7, rawOf(BigInt64Array.of(2n ** 53n, -(2n ** 63n))), [MAX, -MAX]],
    ["bool", 9, raw(0, 2), [0, 1]],
    ["float16", 10, rawOf(Uint16Array.of(0x3c00, 0xc100)), [1, -2.5]],
    ["float16 at its edges", 10, rawOf(Uint16Array.of(0x0001, 0x7c00)), [2 ** -24, Infinity]],
    ["float64", 11, rawOf(Float64Array.of(Math.PI, -0.1)), [Math.PI, -0.1]],
    ["uint32", 12, rawOf(Uint32Array.of(1, 2 ** 32 - 1)), [1, 2 ** 32 - 1]],
    ["uint64", 13, rawOf(BigUint64Array.of(5n, 2n ** 64n - 1n)), [5, MAX]],
    ["bfloat16", 16, rawOf(Uint16Array.of(0x3f80, 0xc020)), [1, -2.5]],
    ["uint4", 21, raw(0xf1), [1, 15]],
    ["int4", 22, raw(0xf1), [1, -1]],
  ];

  it.each(cases)("is decoded as %s", (_type, code, data, values) => {
    expect(tensorOf([dims(2), dataType(code), data]).values).toEqual(values);
  });

  it.each(cases)("may come before shape and type: %s", (_type, code, data, values) => {
    expect(tensorOf([data, dataType(code), dims(2)]).values).toEqual(values);
  });

  it("has half a byte to spare when 4-bit elements are odd in number", () => {
    expect(tensorOf([dims(3), dataType(21), raw(0x21, 0x03)]).values).toEqual([1, 2, 3]);
  });

  it.each([["string", 8], ["complex64", 14], ["float8e4m3fn", 17]])("is not decoded as %s", (_type, code) => {
    expect(tensorOf([dims(1), dataType(code), raw(1)]).values).toBeNull();
  });
});

describe("typed data of a small tensor", () => {
  const cases: readonly (readonly [type: string, code: number, data: Uint8Array, values: readonly number[]])[] = [
    ["float32, packed", 1, delimited(4, new Uint8Array(Float32Array.of(1, 2).buffer)), [1, 2]],
    ["float32, one by one", 1, concat(fixed32(4, 1), fixed32(4, 2)), [1, 2]],
    ["float64", 11, concat(fixed64(10, 0.1), fixed64(10, 2)), [0.1, 2]],
    ["int32, negative", 6, delimited(5, varint(-1), varint(3)), [-1, 3]],
    ["int32, negative in five bytes", 6, delimited(5, varint(2 ** 32 - 1), varint(3)), [-1, 3]],
    ["int8 in int32_data", 3, delimited(5, varint(-1), varint(3)), [-1, 3]],
    ["bool in int32_data", 9, delimited(5, varint(0), varint(1)), [0, 1]],
    ["float16 bits in int32_data", 10, delimited(5, varint(0x3c00), varint(0xc100)), [1, -2.5]],
    ["bfloat16 bits in int32_data", 16, delimited(5, varint(0x3f80), varint(0xc020)), [1, -2.5]],
    ["int4 pairs in int32_data", 22, delimited(5, varint(0xf1)), [1, -1]],
    ["uint4 pairs in int32_data", 21, delimited(5, varint(0xf1)), [1, 15]],
    ["int64", 7, concat(int(7, -5), int(7, 2n ** 62n)), [-5, MAX]],
    ["uint64", 13, delimited(11, varint(2n ** 64n - 1n), varint(1)), [MAX, 1]],
    ["uint32", 12, delimited(11, varint(2 ** 32 - 1), varint(1)), [2 ** 32 - 1, 1]],
  ];

  it.each(cases)("is decoded: %s", (_type, code, data, values) => {
    expect(tensorOf([dims(2), dataType(code), data]).values).toEqual(values);
  });
});

describe("a payload that is not kept", () => {
  const indices = (count: number): readonly Uint8Array[] => [dims(count), dataType(7), rawOf(new BigInt64Array(count))];

  it("has more elements than indices have", () => {
    expect(tensorOf(indices(4096)).values).toHaveLength(4096);
    expect(tensorOf(indices(4097))).toEqual({ name: "t", dtype: "int64", dims: [4097], values: null, external: false });
    expect(tensorOf([dims(4097), dataType(7), delimited(7, new Uint8Array(4097))]).values).toBeNull();
    expect(tensorOf([...new Array<Uint8Array>(4097).fill(int(7, 1)), dims(4097), dataType(7)]).values).toBeNull();
  });

  it("has more elements than weights of interest have", () => {
    expect(tensorOf([dims(64), dataType(1), rawOf(new Float32Array(64))]).values).toHaveLength(64);
    expect(tensorOf([dims(65), dataType(1), rawOf(new Float32Array(65))]).values).toBeNull();
    expect(tensorOf([rawOf(new Float32Array(65)), dims(65), dataType(1)]).values).toBeNull();
  });

  it("passes the limits that the caller sets", () => {
    expect(tensorOf(indices(9), { maxIndexElements: 8 }).values).toBeNull();
    expect(tensorOf(indices(9), { maxKeptElements: 8 }).values).toBeNull();
  });

  it("lies outside the file", () => {
    const location = delimited(13, text(1, "location"), text(2, "../../../etc/passwd"));
    const offset = delimited(13, text(1, "offset"), text(2, "-1"));
    expect(tensorOf([dims(2), dataType(1), int(14, 1), location, offset])).toMatchObject({ values: null, external: true });
  });

  it("was stripped from the file", () => {
    expect(tensorOf([dims(2), dataType(7)]).values).toBeNull();
    expect(tensorOf([dims(2), dataType(7), raw()]).values).toBeNull();
  });

  it("has no elements", () => {
    expect(tensorOf([dims(0, 3), dataType(1)]).values).toEqual([]);
  });
});

describe("a malformed tensor", () => {
  it.each([-1n, -(2n ** 63n), 2n ** 53n + 1n, 2n ** 63n - 1n])("has the dimension %d", (size) => {
    const named = expect.objectContaining({ field: "t" }) as unknown;
    expect(() => tensorOf([dims(2, size), dataType(1)])).toThrow(expect.objectContaining({ code: "malformed", detail: named }));
    expect(() => tensorOf([dims(2, size), dataType(1)])).toThrow(/tensor "t" has the dimension/);
  });

  it("holds more or fewer bytes than its shape asks for", () => {
    expect(() => tensorOf([dims(2), dataType(7), raw(1, 2, 3)])).toThrow(/3 bytes where its shape \[2\] asks for 16/);
  });

  it("holds more or fewer elements than its shape asks for, or elements of another type", () => {
    expect(() => tensorOf([dims(2), dataType(7), int(7, 1)])).toThrow(/1 int64 elements .* asks for 2/);
    expect(() => tensorOf([dims(1), dataType(7), int(5, 1)])).toThrow(/0 int64 elements .* asks for 1/);
  });

  it("has an element type that ONNX does not define", () => {
    expect(() => tensorOf([dims(1), dataType(999)])).toThrow(expect.objectContaining({ code: "unsupported" }));
    expect(() => tensorOf([dims(1), int(2, -1)])).toThrow(expect.objectContaining({ code: "unsupported" }));
  });

  it("has a thousand dimensions", () => {
    const code = expect.objectContaining({ code: "limit-exceeded" }) as unknown;
    expect(() => tensorOf([dims(...new Array<number>(1000).fill(1))])).toThrow(code);
  });
});
