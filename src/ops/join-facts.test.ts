import { expect, it } from "vitest";
import { sequenceOf, sequenceOfItems } from "./containers.js";
import { fact, UNKNOWN_FACT } from "./facts.js";
import { joinFacts } from "./join-facts.js";

it("keeps what two facts agree on", () => {
  expect(joinFacts(fact("float32", [2, "N", 4]), fact("float32", [2, "M", 5]))).toEqual(fact("float32", [2, null, null]));
  expect(joinFacts(fact("float32", [2]), fact("int64", [2]))).toEqual(fact(null, [2]));
  expect(joinFacts(fact("float32", [2]), fact("float32", [2, 1]))).toEqual(fact("float32", null));
  expect(joinFacts(fact("int64", [2], { value: [1, 2] }), fact("int64", [2], { value: [1, 3] })).value).toEqual([1, null]);
  expect(joinFacts(fact("int64", [2], { constant: true }), fact("int64", [2])).constant).toBe(false);
});

it("is the first fact itself where the second says nothing else, so that loops see that they are done", () => {
  const wide = fact("float32", [null, 3]);
  expect(joinFacts(wide, fact("float32", [2, 3]))).toBe(wide);
  expect(joinFacts(UNKNOWN_FACT, wide)).toBe(UNKNOWN_FACT);
  const sequence = sequenceOf(wide, null);
  expect(joinFacts(sequence, sequenceOfItems([fact("float32", [2, 3])]))).toBe(sequence);
});

it("takes the word of the sequence that holds something", () => {
  const empty = sequenceOfItems([], "float32");
  const full = sequenceOfItems([fact("float32", [2, 3])]);
  const expected = { length: null, items: null, element: { dtype: "float32", shape: [2, 3] } };
  expect(joinFacts(empty, full).container).toMatchObject(expected);
  expect(joinFacts(full, empty).container).toMatchObject(expected);
  expect(joinFacts(full, fact("float32", [2])).container).toBeUndefined();
});
