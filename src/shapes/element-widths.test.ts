import { expect, it } from "vitest";
import { bitsOf, dataTypeOf } from "../onnx/dtype.js";
import { bytesOfTensor } from "./elements.js";

/** Number in TensorProto.DataType, name, and bytes of seven elements as the onnx package 1.23.2 stores them. */
const STORED = [
  [1, "float32", 28],
  [2, "uint8", 7],
  [3, "int8", 7],
  [4, "uint16", 14],
  [5, "int16", 14],
  [6, "int32", 28],
  [7, "int64", 56],
  [9, "bool", 7],
  [10, "float16", 14],
  [11, "float64", 56],
  [12, "uint32", 28],
  [13, "uint64", 56],
  [14, "complex64", 56],
  [15, "complex128", 112],
  [16, "bfloat16", 14],
  [17, "float8e4m3fn", 7],
  [18, "float8e4m3fnuz", 7],
  [19, "float8e5m2", 7],
  [20, "float8e5m2fnuz", 7],
  [21, "uint4", 4],
  [22, "int4", 4],
  [23, "float4e2m1", 4],
  [24, "float8e8m0", 7],
  [25, "uint2", 2],
  [26, "int2", 2],
  [27, "float6e2m3", 6],
  [28, "float6e3m2", 6],
] as const;

it.each(STORED)("reads %i as %s and packs seven of them into %i bytes", (code, dtype, bytes) => {
  expect(dataTypeOf(code)).toBe(dtype);
  expect(bytesOfTensor({ dtype, shape: [7] })).toBe(bytes);
});

it("gives strings no width", () => {
  expect(dataTypeOf(8)).toBe("string");
  expect(bitsOf("string")).toBe(0);
});

it.each([29, -1, 1.5])("knows no type %j", (code) => {
  expect(dataTypeOf(code)).toBeNull();
});
