import { expect, it } from "vitest";
import { moves, run, tensor } from "../../test/helper/operators.js";

it.each([
  [1, [2, 60]],
  [0, [1, 120]],
  [2, [6, 20]],
  [4, [120, 1]],
  [-1, [24, 5]],
])("multiplies the axes before and from %s on", (axis, expected) => {
  expect(run("Flatten", 13, [tensor([2, 3, 4, 5])], { axis }).shape).toEqual(expected);
});

it("starts at axis 1 by default and keeps a symbolic batch", () => {
  const result = run("Flatten", 13, [tensor(["N", 512, 1, 1])]);
  expect(result.shape).toEqual(["N", 512]);
  expect(result.cost()).toEqual(moves(0, 0));
  expect(run("Flatten", 13, [tensor(null)]).shape).toEqual([null, null]);
});

it("refuses an axis outside the tensor", () => {
  expect(() => run("Flatten", 13, [tensor([2, 3])], { axis: 3 })).toThrow("axis 3");
});
