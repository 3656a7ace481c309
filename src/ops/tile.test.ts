import { expect, it } from "vitest";
import { fact } from "./facts.js";
import { moves, run, scalar, tensor, vector } from "../../test/helper/operators.js";

it("multiplies each axis", () => {
  expect(run("Tile", 13, [tensor([2, "W"]), vector(3, 1)]).shape).toEqual([6, "W"]);
  expect(run("Tile", 13, [tensor([2, 5]), tensor([2], "int64")]).shape).toEqual([null, null]);
});

it("repeats one axis in opset 1", () => {
  expect(run("Tile", 1, [tensor([2, 5]), scalar(3), scalar(1)]).shape).toEqual([2, 15]);
});

it("repeats small values", () => {
  const data = fact("int64", [2, 2], { value: [1, 2, 3, 4] });
  expect(run("Tile", 13, [data, vector(1, 2)]).value).toEqual([1, 2, 1, 2, 3, 4, 3, 4]);
});

it("declares terabytes without allocating them, and refuses what cannot be counted", () => {
  const result = run("Tile", 13, [vector(1), vector(1e12)]);
  expect(result).toMatchObject({ shape: [1e12], value: null });
  expect(result.cost()).toEqual(moves(16, 8e12));
  expect(() => run("Tile", 13, [tensor([2 ** 30]), vector(2 ** 30)])).toThrow("beyond what can be counted");
});

it("refuses repeats of another rank or below 0", () => {
  expect(() => run("Tile", 13, [tensor([2, 5]), vector(3)])).toThrow("1 repeats for rank 2");
  expect(() => run("Tile", 13, [tensor([2]), vector(-3)])).toThrow("-3 repeats");
});
