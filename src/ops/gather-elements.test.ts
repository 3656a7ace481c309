import { expect, it } from "vitest";
import { moves, run, tensor } from "../../test/helper/operators.js";

it("has the shape of the indices and the type of the data", () => {
  const result = run("GatherElements", 13, [tensor([8, 9]), tensor([2, 9], "int64")]);
  expect(result).toMatchObject({ dtype: "float32", shape: [2, 9] });
  expect(result.cost()).toEqual(moves(18 * 4 + 18 * 8, 18 * 4));
});

it("refuses indices of another rank", () => {
  expect(() => run("GatherElements", 13, [tensor([8, 9]), tensor([2], "int64")])).toThrow("differ in rank");
});
