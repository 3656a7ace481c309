import { expect, it } from "vitest";
import { costOf, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

it("Det takes the matrices away, at 2/3 n³ FLOPs each", () => {
  expect(shapeOf("Det", { inputs: [tensor(["B", 3, 4, 4])] })).toEqual(["B", 3]);
  expect(shapeOf("Det", { inputs: [tensor([4, 4])] })).toEqual([]);
  expect(shapeOf("Det", { inputs: [tensor(null)] })).toBeNull();
  expect(costOf("Det", { inputs: [tensor([5, 4, 4])] }).flops).toBe(5 * Math.ceil(128 / 3));
});

it("Det refuses what is no square matrix", () => {
  expect(refusal("Det", { inputs: [tensor([4])] }).code).toBe("invalid-graph");
  expect(refusal("Det", { inputs: [tensor([4, 5])] }).code).toBe("invalid-graph");
});
