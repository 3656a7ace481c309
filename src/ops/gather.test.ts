import { expect, it } from "vitest";
import { fact } from "./facts.js";
import { moves, run, scalar, tensor, vector } from "../../test/helper/operators.js";

it("replaces the axis by the shape of the indices", () => {
  expect(run("Gather", 13, [tensor([30, 64]), tensor(["N", 7], "int64")]).shape).toEqual(["N", 7, 64]);
  expect(run("Gather", 13, [tensor([30, 64]), scalar(1)], { axis: -1 }).shape).toEqual([30]);
  expect(run("Gather", 13, [tensor(null), scalar(1)]).shape).toBeNull();
});

it("picks elements of shapes, from the end too", () => {
  const dims = vector("N", 3, 224);
  expect(run("Gather", 13, [dims, scalar(0)])).toMatchObject({ shape: [], value: ["N"] });
  expect(run("Gather", 13, [dims, vector(-1, 1)])).toMatchObject({ shape: [2], value: [224, 3] });
  expect(run("Gather", 13, [dims, vector(null)]).value).toEqual([null]);
});

it("touches what it takes, not the whole table", () => {
  const result = run("Gather", 13, [tensor([30_000, 4]), fact("int64", [2], { value: [5, 6] })]);
  expect(result.cost()).toEqual(moves(2 * 4 * 4 + 16, 2 * 4 * 4));
});

it("refuses an axis or an index outside the data", () => {
  expect(() => run("Gather", 13, [tensor([3]), scalar(0)], { axis: 1 })).toThrow("axis 1");
  expect(() => run("Gather", 13, [vector(1, 2), scalar(2)])).toThrow("index 2 into a vector of 2");
});
