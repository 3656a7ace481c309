import { expect, it } from "vitest";
import { costOf, infer, tensor } from "../../test/helper/operator-case.js";

// 5 steps of 2 samples, 3 features to 4 hidden ones
const lstm = [tensor([5, 2, 3]), tensor([1, 16, 3]), tensor([1, 16, 4])];

it("puts directions between steps and batch", () => {
  const attributes = { hidden_size: 4, direction: "bidirectional" };
  const inputs = [tensor([5, 2, 3]), tensor([2, 12, 3]), tensor([2, 12, 4])];
  expect(infer("GRU", { inputs, attributes })[0]?.shape).toEqual([5, 2, 2, 4]);
});

it("reads the hidden size from R where the attribute is left out", () => {
  expect(infer("LSTM", { inputs: lstm })[0]?.shape).toEqual([5, 1, 2, 4]);
});

it("counts every gate's products and the cell's arithmetic", () => {
  // 10 positions * (48 + 64) weights; 10 * 4 hidden elements * 30
  expect(costOf("LSTM", { inputs: lstm })).toMatchObject({ macs: 1120, flops: 2 * 1120 + 1200 });
});

it("refuses another rank and an unknown direction", () => {
  expect(() => infer("LSTM", { inputs: [tensor([5, 2]), ...lstm.slice(1)] })).toThrow("3 dimensions");
  expect(() => infer("LSTM", { inputs: lstm, attributes: { direction: "up" } })).toThrow("no direction");
});
