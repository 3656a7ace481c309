import { expect, it } from "vitest";
import { moves, run, scalar, tensor } from "../../test/helper/operators.js";

it.each([1, 6, 7, 10, 12, 13, 22])("is a free view of its input at inference in opset %s", (opset) => {
  const result = run("Dropout", opset, [tensor([2, 8])]);
  expect(result).toMatchObject({ dtype: "float32", shape: [2, 8] });
  expect(result.cost()).toEqual(moves(0, 0));
});

it("writes a mask that is asked for: of the data's type before opset 10, bool since", () => {
  const old = run("Dropout", 7, [tensor([2, 8])], {}, 2);
  expect(old.outputs[1]).toMatchObject({ dtype: "float32", shape: [2, 8] });
  const since = run("Dropout", 13, [tensor([2, 8])], {}, 2);
  expect(since.outputs[1]).toMatchObject({ dtype: "bool", shape: [2, 8] });
  expect(since.cost()).toEqual(moves(0, 16));
});

it("computes in training mode", () => {
  const result = run("Dropout", 13, [tensor([2, 8]), null, scalar(1)]);
  expect(result.cost()).toEqual({ macs: 0, flops: 32, bytesRead: 64, bytesWritten: 64 });
});
