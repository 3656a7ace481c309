import { expect, it } from "vitest";
import { moves, run, tensor, vector } from "../../test/helper/operators.js";

it("is its input, value included, and moves nothing", () => {
  const result = run("Identity", 13, [vector(1, "N")]);
  expect(result).toMatchObject({ dtype: "int64", shape: [2], value: [1, "N"] });
  expect(run("Identity", 1, [tensor([1e6])]).cost()).toEqual(moves(0, 0));
});

it("refuses to stand without an input", () => {
  expect(() => run("Identity", 13, [])).toThrow('input "input" is missing');
});
