import { expect, it } from "vitest";
import { costOf, infer, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

it("EyeLike has the shape of its input, which it does not read", () => {
  const inputs = [tensor(["N", 3], { dtype: "int32" })];
  expect(infer("EyeLike", { inputs })[0]).toMatchObject({ dtype: "int32", shape: ["N", 3] });
  expect(infer("EyeLike", { inputs, attributes: { dtype: 1 } })[0]?.dtype).toBe("float32");
  expect(shapeOf("EyeLike", { inputs: [tensor(null)] })).toEqual([null, null]);
  expect(costOf("EyeLike", { inputs: [tensor([2, 3])] })).toEqual({ macs: 0, flops: 0, bytesRead: 0, bytesWritten: 24 });
});

it("EyeLike refuses what is no matrix", () => {
  expect(refusal("EyeLike", { inputs: [tensor([2, 3, 4])] }).code).toBe("invalid-graph");
});
