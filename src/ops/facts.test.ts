import { expect, it } from "vitest";
import { fact, integerValues, MAX_VALUE_ELEMENTS, scalarValue, tensorBytes, tensorElements, vectorLength } from "./facts.js";

it("drops values that are longer than shape arithmetic needs", () => {
  const value = new Array<number>(MAX_VALUE_ELEMENTS + 1).fill(1);
  expect(fact("int64", [value.length], { value }).value).toBeNull();
  expect(fact("int64", [MAX_VALUE_ELEMENTS], { value: value.slice(1) }).value).toHaveLength(MAX_VALUE_ELEMENTS);
});

it("sums bytes and elements over the tensors that are there", () => {
  const tensors = [fact("float32", [2, 3]), null, fact("int4", [3]), fact("float16", [])];
  expect(tensorBytes(tensors)).toBe(24 + 2 + 2);
  expect(tensorElements(tensors)).toBe(6 + 3 + 1);
});

it("refuses to sum what has no size", () => {
  expect(() => tensorBytes([fact("float32", ["N"])])).toThrow("not known");
  expect(() => tensorBytes([fact(null, [1])])).toThrow("not known");
  expect(() => tensorElements([fact("float32", null)])).toThrow("not known");
});

it("reads integers only where all are known, and only from scalars and vectors", () => {
  expect(integerValues(fact("int64", [2], { value: [1, -2] }))).toEqual([1, -2]);
  expect(integerValues(fact("int64", [2], { value: [1, "N"] }))).toBeNull();
  expect(integerValues(fact("int64", [1, 2], { value: [1, 2] }))).toBeNull();
  expect(integerValues(null)).toBeNull();
  expect(scalarValue(fact("int64", [1], { value: ["N"] }))).toBe("N");
  expect(scalarValue(fact("int64", [2], { value: [1, 2] }))).toBeNull();
});

it("knows that a vector of no elements has none", () => {
  expect(integerValues(fact("int64", [0]))).toEqual([]);
  expect(integerValues(fact("int64", [0, 2]))).toBeNull();
});

it("knows a vector's length from its value or its shape", () => {
  expect(vectorLength(fact("int64", [3]))).toBe(3);
  expect(vectorLength(fact("int64", null, { value: [1, 2] }))).toBe(2);
  expect(vectorLength(fact("int64", ["N"]))).toBeNull();
  expect(vectorLength(fact("int64", [3, 3]))).toBeNull();
});
