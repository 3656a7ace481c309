import { expect, it } from "vitest";
import { fact } from "./facts.js";
import { run, tensor, vector } from "../../test/helper/operators.js";

it("has a row for each axis and as many columns as the data decides", () => {
  expect(run("NonZero", 13, [tensor([2, 3, 4])])).toMatchObject({ dtype: "int64", shape: [3, null] });
  expect(run("NonZero", 13, [tensor(null)]).shape).toEqual([null, null]);
});

it("lists the indices of data that is known", () => {
  const data = fact("int64", [2, 2], { value: [1, 0, 1, 1] });
  const result = run("NonZero", 13, [data]);
  expect(result).toMatchObject({ shape: [2, 3], value: [0, 1, 1, 0, 0, 1] });
  expect(result.cost()).toEqual({ macs: 0, flops: 4, bytesRead: 32, bytesWritten: 48 });
});

it("does not count what may be 0", () => {
  expect(run("NonZero", 13, [vector(1, "N")]).shape).toEqual([1, null]);
});
