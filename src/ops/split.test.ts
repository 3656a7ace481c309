import { expect, it } from "vitest";
import { moves, run, tensor, vector } from "../../test/helper/operators.js";

const shapes = (result: ReturnType<typeof run>): unknown => result.outputs.map((output) => output.shape);

it("cuts by an attribute to opset 12, by an input since", () => {
  expect(shapes(run("Split", 11, [tensor(["N", 6])], { axis: 1, split: [2, 4] }, 2))).toEqual([["N", 2], ["N", 4]]);
  expect(shapes(run("Split", 13, [tensor([6]), vector(1, 5)], {}, 2))).toEqual([[1], [5]]);
});

it("cuts into equal parts without sizes, the last of which may be smaller since opset 18", () => {
  expect(shapes(run("Split", 13, [tensor([6])], {}, 3))).toEqual([[2], [2], [2]]);
  expect(shapes(run("Split", 18, [tensor([7])], { num_outputs: 3 }, 3))).toEqual([[3], [3], [1]]);
  expect(() => run("Split", 13, [tensor([7])], {}, 3)).toThrow("equal parts");
});

it("leaves the axis open where it or the sizes are not known", () => {
  expect(shapes(run("Split", 13, [tensor(["N", 2])], {}, 2))).toEqual([[null, 2], [null, 2]]);
  expect(shapes(run("Split", 13, [tensor([6]), tensor([2], "int64")], {}, 2))).toEqual([[null], [null]]);
  expect(shapes(run("Split", 13, [tensor(["N", 2])], {}, 1))).toEqual([["N", 2]]);
});

it("splits values of vectors", () => {
  const result = run("Split", 13, [vector("N", 3, 4), vector(1, 2)], {}, 2);
  expect(result.outputs.map((output) => output.value)).toEqual([["N"], [3, 4]]);
});

it("reads and writes everything once", () => {
  expect(run("Split", 18, [tensor([6])], { num_outputs: 2 }, 2).cost()).toEqual(moves(24, 24));
});

it("refuses sizes that do not fit", () => {
  expect(() => run("Split", 11, [tensor([6])], { split: [2, 3] }, 2)).toThrow("do not add up");
  expect(() => run("Split", 11, [tensor([6])], { split: [7, -1] }, 2)).toThrow("negative");
  expect(() => run("Split", 11, [tensor([6])], { split: [6] }, 2)).toThrow("1 sizes for 2 outputs");
  expect(() => run("Split", 18, [tensor([6])], { num_outputs: 3 }, 2)).toThrow("num_outputs 3");
  expect(() => run("Split", 18, [tensor([6])], { axis: 1 }, 2)).toThrow("axis 1");
});
