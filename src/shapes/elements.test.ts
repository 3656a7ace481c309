import { expect, it } from "vitest";
import { bytesOfTensor, numElements } from "./elements.js";

it("counts elements where every dimension is an integer", () => {
  expect(numElements([2, 3, 4])).toBe(24);
  expect(numElements([])).toBe(1);
  expect(numElements([0, 2 ** 53])).toBe(0);
  expect(numElements(["N"])).toBeNull();
  expect(numElements(null)).toBeNull();
});

it("refuses to count beyond the safe integers", () => {
  expect(() => numElements([2 ** 27, 2 ** 27])).toThrow(expect.objectContaining({ code: "limit-exceeded" }));
  expect(() => bytesOfTensor({ dtype: "float64", shape: [2 ** 51] })).toThrow("beyond what can be counted");
});

it("counts bytes by the width of the type, packing what is under a byte", () => {
  expect(bytesOfTensor({ dtype: "float32", shape: [2, 3] })).toBe(24);
  expect(bytesOfTensor({ dtype: "int4", shape: [3] })).toBe(2);
  expect(bytesOfTensor({ dtype: "uint2", shape: [5] })).toBe(2);
  expect(bytesOfTensor({ dtype: "bool", shape: [] })).toBe(1);
  expect(bytesOfTensor({ dtype: "string", shape: [9] })).toBe(0);
});

it("does not know the bytes of an unknown type or shape", () => {
  expect(bytesOfTensor({ dtype: null, shape: [2] })).toBeNull();
  expect(bytesOfTensor({ dtype: "undefined", shape: [2] })).toBeNull();
  expect(bytesOfTensor({ dtype: "float32", shape: [null] })).toBeNull();
});
