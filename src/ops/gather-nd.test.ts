import { expect, it } from "vitest";
import { moves, run, tensor } from "../../test/helper/operators.js";

it.each([
  [[2, 2], [2, 2], 0, [2]],
  [[2, 2], [2, 1], 0, [2, 2]],
  [[2, 3, 4], [5, 2], 0, [5, 4]],
  [[2, 3, 4], [2, 1], 1, [2, 4]],
  [[2, 3, 4], ["N", 1], 0, ["N", 3, 4]],
  [[2, 3, 4], [5, null], 0, null],
])("gathers from %j by %j with %s batch axes: %j", (data, indices, batchDims, expected) => {
  const result = run("GatherND", 13, [tensor(data), tensor(indices, "int64")], { batch_dims: batchDims });
  expect(result.shape).toEqual(expected);
});

it("touches what it takes", () => {
  expect(run("GatherND", 13, [tensor([9, 9]), tensor([2, 1], "int64")]).cost()).toEqual(moves(72 + 16, 72));
});

it("refuses index tuples longer than the rank, scalars and batch axes outside it", () => {
  expect(() => run("GatherND", 13, [tensor([2]), tensor([5, 2], "int64")])).toThrow("tuples of 2");
  expect(() => run("GatherND", 13, [tensor([2]), tensor([], "int64")])).toThrow("ranks 1 and 0");
  expect(() => run("GatherND", 13, [tensor([2]), tensor([5], "int64")], { batch_dims: 1 })).toThrow("batch_dims 1");
});
