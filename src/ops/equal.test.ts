import { expect, it } from "vitest";
import { fact } from "./facts.js";
import { run, scalar, tensor, vector } from "../../test/helper/operators.js";

it("compares elements; a symbol equals itself and no negative number", () => {
  const result = run("Equal", 13, [vector(1, "N", "N", "N", null, 2), vector(1, "N", -1, 4, 1, 3)]);
  expect(result).toMatchObject({ dtype: "bool", shape: [6], value: [1, 1, 0, null, null, 0] });
  expect(run("Equal", 13, [vector(3, -1), scalar(-1)]).value).toEqual([0, 1]);
});

it("broadcasts, but before opset 7 stretches only the second input", () => {
  expect(run("Equal", 13, [tensor([1, 3]), tensor([2, 1])]).shape).toEqual([2, 3]);
  expect(run("Equal", 1, [tensor([2, 3]), tensor([2])], { broadcast: 1, axis: 0 }).shape).toEqual([2, 3]);
});

it("negates", () => {
  const flags = fact("bool", [3], { value: [0, 1, null] });
  expect(run("Not", 1, [flags])).toMatchObject({ dtype: "bool", value: [1, 0, null] });
});

it("costs one operation for each element of the output", () => {
  const cost = run("Equal", 13, [tensor([1, 3]), tensor([2, 1])]).cost();
  expect(cost).toEqual({ macs: 0, flops: 6, bytesRead: 12 + 8, bytesWritten: 6 });
  expect(run("Not", 1, [tensor([4], "bool")]).cost()).toEqual({ macs: 0, flops: 4, bytesRead: 4, bytesWritten: 4 });
});
