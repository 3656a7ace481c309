import { expect, it } from "vitest";
import { fact } from "./facts.js";
import { run, scalar, tensor, vector } from "../../test/helper/operators.js";

const flags = (...value: readonly (number | null)[]): ReturnType<typeof vector> =>
  fact("bool", [value.length], { value });

it("broadcasts all three", () => {
  const result = run("Where", 9, [tensor(["N", 1], "bool"), tensor([1, 3]), tensor([])]);
  expect(result).toMatchObject({ dtype: "float32", shape: ["N", 3] });
});

it("selects elements, as the exporters' way of replacing -1 in a shape needs", () => {
  expect(run("Where", 9, [flags(1, 0), vector(1, 1), vector(-1, "N")]).value).toEqual([1, "N"]);
  expect(run("Where", 9, [flags(1, 0), scalar(1), vector(-1, 7)]).value).toEqual([1, 7]);
  expect(run("Where", 9, [flags(null, null), vector(1, 2), vector(1, 3)]).value).toEqual([1, null]);
});

it("costs one selection for each element of the output", () => {
  const result = run("Where", 9, [tensor([2, 2], "bool"), tensor([2, 2]), tensor([])]);
  expect(result.cost()).toEqual({ macs: 0, flops: 4, bytesRead: 4 + 16 + 4, bytesWritten: 16 });
});
