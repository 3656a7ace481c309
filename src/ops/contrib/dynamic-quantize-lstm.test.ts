import { describe, expect, it } from "vitest";
import { costOf, infer, refusal, shapeOf, tensor } from "../../../test/helper/operator-case.js";

const domain = "com.microsoft";
const int8 = (shape: readonly number[]): ReturnType<typeof tensor> => tensor(shape, { dtype: "int8" });

describe("DynamicQuantizeLSTM", () => {
  // 5 steps of 2 samples, 3 features to 4 hidden ones; ONNX Runtime 1.32 gives Y [5, directions, 2, 4] for them
  const inputsOf = (directions: number): ReturnType<typeof tensor>[] => [
    tensor([5, 2, 3]),
    int8([directions, 3, 16]),
    int8([directions, 4, 16]),
  ];

  it.each([
    [1, "forward"],
    [2, "bidirectional"],
  ])("has LSTM's outputs in the type of X, with %d direction", (directions, direction) => {
    const node = { domain, inputs: inputsOf(directions), attributes: { hidden_size: 4, direction }, outputs: 3 };
    expect(infer("DynamicQuantizeLSTM", node).map(({ dtype, shape }) => [dtype, shape])).toEqual([
      ["float32", [5, directions, 2, 4]],
      ["float32", [directions, 2, 4]],
      ["float32", [directions, 2, 4]],
    ]);
  });

  it("reads the hidden size from R, whose rows it is", () => {
    expect(shapeOf("DynamicQuantizeLSTM", { domain, inputs: inputsOf(1) })).toEqual([5, 1, 2, 4]);
  });

  it("has the MACs of LSTM, and quantizes inputs and states", () => {
    const node = { domain, inputs: inputsOf(1), attributes: { hidden_size: 4 } };
    const macs = 10 * (48 + 64);
    expect(costOf("LSTM", { inputs: [tensor([5, 2, 3]), tensor([1, 16, 3]), tensor([1, 16, 4])] }).macs).toBe(macs);
    expect(costOf("DynamicQuantizeLSTM", node)).toEqual({
      macs,
      flops: 2 * macs + 40 * 30 + 30 * 6 + 40 * (6 + 8),
      bytesRead: 4 * 30 + 48 + 64,
      bytesWritten: 4 * 40,
    });
  });

  it("refuses another rank of X and an unknown direction", () => {
    const [, ...weights] = inputsOf(1);
    expect(refusal("DynamicQuantizeLSTM", { domain, inputs: [tensor([5, 2]), ...weights] }).code).toBe("invalid-graph");
    expect(refusal("DynamicQuantizeLSTM", { domain, inputs: inputsOf(1), attributes: { direction: "up" } }).code).toBe("malformed");
  });
});
