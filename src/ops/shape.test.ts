import { expect, it } from "vitest";
import { moves, run, tensor } from "../../test/helper/operators.js";

it("spells the dimensions of its input and is constant when all are integers", () => {
  const result = run("Shape", 13, [tensor([1, 3, 224, 224])]);
  expect(result.outputs).toEqual([{ dtype: "int64", shape: [4], value: [1, 3, 224, 224], constant: true }]);
  expect(result.cost()).toEqual(moves(0, 0));
});

it("hands symbols on", () => {
  expect(run("Shape", 13, [tensor(["N", 3])]).outputs).toEqual([
    { dtype: "int64", shape: [2], value: ["N", 3], constant: false },
  ]);
  expect(run("Shape", 13, [tensor(null)])).toMatchObject({ shape: [null], value: null });
});

it.each([
  [1, undefined, [3, 5, 7]],
  [-2, undefined, [5, 7]],
  [0, -1, [2, 3, 5]],
  [1, 3, [3, 5]],
  [3, 1, []],
  [-99, 99, [2, 3, 5, 7]],
])("cuts to [%s, %s) from opset 15 on", (start, end, expected) => {
  const attributes = end === undefined ? { start } : { start, end };
  expect(run("Shape", 15, [tensor([2, 3, 5, 7])], attributes).value).toEqual(expected);
});

it("counts elements with Size, as far as it can", () => {
  expect(run("Size", 13, [tensor([2, 3])])).toMatchObject({ shape: [], value: [6] });
  expect(run("Size", 13, [tensor(["N", 1])]).value).toEqual(["N"]);
  expect(run("Size", 13, [tensor(["N", 3])]).value).toEqual([null]);
  expect(() => run("Size", 13, [tensor([2 ** 30, 2 ** 30])])).toThrow("beyond what can be counted");
});
