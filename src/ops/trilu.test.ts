import { expect, it } from "vitest";
import { costOf, infer, int64s, refusal, tensor } from "../../test/helper/operator-case.js";

it("Trilu keeps the shape and costs bytes", () => {
  const node = { inputs: [tensor(["B", 4, 4], { dtype: "bool" })], attributes: { upper: 0 } };
  expect(infer("Trilu", node)[0]).toMatchObject({ dtype: "bool", shape: ["B", 4, 4] });
  const cost = costOf("Trilu", { inputs: [tensor([4, 4]), int64s(1)] });
  expect(cost).toEqual({ macs: 0, flops: 0, bytesRead: 64 + 8, bytesWritten: 64 });
});

it("Trilu refuses a vector", () => {
  expect(refusal("Trilu", { inputs: [tensor([4])] }).code).toBe("invalid-graph");
});
