import { expect, it } from "vitest";
import { fact } from "./facts.js";
import { moves, run, scalar } from "../../test/helper/operators.js";

it.each([
  [0, 4, 1, [0, 1, 2, 3]],
  [10, 4, -2, [10, 8, 6]],
  [0, 5, 2, [0, 2, 4]],
  [4, 0, 1, []],
])("counts from %s to %s in steps of %s", (start, limit, delta, expected) => {
  const result = run("Range", 11, [scalar(start), scalar(limit), scalar(delta)]);
  expect(result).toMatchObject({ dtype: "int64", shape: [expected.length], value: expected });
});

it("has a symbol's length when it counts up to it", () => {
  expect(run("Range", 11, [scalar(0), scalar("N"), scalar(1)]).shape).toEqual(["N"]);
  expect(run("Range", 11, [scalar(0), scalar("N"), scalar(2)]).shape).toEqual([null]);
});

it("declares terabytes without allocating them", () => {
  const result = run("Range", 11, [scalar(0), scalar(1e12), scalar(1)]);
  expect(result).toMatchObject({ shape: [1e12], value: null });
  expect(result.cost()).toEqual(moves(0, 8e12));
});

it("refuses steps of 0 and lengths that are no number", () => {
  expect(() => run("Range", 11, [scalar(0), scalar(1), scalar(0)])).toThrow("steps of 0");
  const nan = fact("float32", [], { value: [Number.NaN] });
  expect(() => run("Range", 11, [nan, scalar(1), scalar(1)])).toThrow("a range from NaN");
});

it("rounds elements as their type does, and does not follow those of 16 bits", () => {
  const counted = (dtype: "float32" | "float16") => {
    const [start, limit, delta] = [0, 1, 0.25].map((value) => fact(dtype, [], { value: [value] }));
    return run("Range", 27, [start ?? null, limit ?? null, delta ?? null]);
  };
  expect(counted("float32")).toMatchObject({ shape: [4], value: [0, 0.25, 0.5, 0.75] });
  expect(counted("float16")).toMatchObject({ dtype: "float16", shape: [4], value: [null, null, null, null] });
});
