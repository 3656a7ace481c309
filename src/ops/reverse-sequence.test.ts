import { expect, it } from "vitest";
import { costOf, infer, refusal, tensor } from "../../test/helper/operator-case.js";

const lengths = tensor([3], { dtype: "int64" });

it("ReverseSequence keeps the shape and costs bytes", () => {
  const inputs = [tensor(["T", 3, 2], { dtype: "float16" }), lengths];
  expect(infer("ReverseSequence", { inputs })[0]).toMatchObject({ dtype: "float16", shape: ["T", 3, 2] });
  const cost = costOf("ReverseSequence", { inputs: [tensor([4, 3]), lengths] });
  expect(cost).toEqual({ macs: 0, flops: 0, bytesRead: 48 + 24, bytesWritten: 48 });
});

it("ReverseSequence refuses lengths of another batch, a vector, and axes that are not the first two", () => {
  expect(refusal("ReverseSequence", { inputs: [tensor([3, 4]), lengths] }).code).toBe("invalid-graph");
  const batchFirst = { batch_axis: 0, time_axis: 1 };
  expect(refusal("ReverseSequence", { inputs: [tensor([4, 3]), lengths], attributes: batchFirst }).code).toBe("invalid-graph");
  expect(refusal("ReverseSequence", { inputs: [tensor([3]), lengths] }).code).toBe("invalid-graph");
  const inputs = [tensor([4, 3, 2]), lengths];
  expect(refusal("ReverseSequence", { inputs, attributes: { time_axis: 1 } }).code).toBe("malformed");
  expect(refusal("ReverseSequence", { inputs, attributes: { time_axis: 2 } }).code).toBe("malformed");
});
