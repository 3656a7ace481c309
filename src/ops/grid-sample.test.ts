import { describe, expect, it } from "vitest";
import { costOf, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

const x = tensor([2, 3, 8, 8]);
const grid = tensor([2, 5, 6, 2]);

describe("GridSample", () => {
  it("has the channels of X and the positions of the grid", () => {
    expect(shapeOf("GridSample", { inputs: [x, grid] })).toEqual([2, 3, 5, 6]);
    const volume = [tensor([2, 3, 8, 8, 8]), tensor([2, 4, 5, 6, 3])];
    expect(shapeOf("GridSample", { inputs: volume })).toEqual([2, 3, 4, 5, 6]);
  });

  it("leaves open what it cannot tell", () => {
    expect(shapeOf("GridSample", { inputs: [tensor(["N", "C", "H", "W"]), tensor(["N", "h", 6, 2])] })).toEqual(["N", "C", "h", 6]);
    expect(shapeOf("GridSample", { inputs: [tensor(null), grid] })).toEqual([2, null, 5, 6]);
    expect(shapeOf("GridSample", { inputs: [x, tensor(null)] })).toEqual([2, 3, null, null]);
  });

  it.each([
    ["nearest", 16, 0],
    ["bilinear", 16, 8],
    ["bicubic", 16, 32],
    ["linear", 20, 8],
    ["cubic", 20, 32],
    ["bilinear", 20, 8],
  ])("%s in opset %i costs %i FLOPs an element", (mode, opset, flops) => {
    expect(costOf("GridSample", { inputs: [x, grid], attributes: { mode }, opset }).flops).toBe(2 * 3 * 30 * flops);
  });

  it("interpolates linearly unless the node says otherwise, in a volume between eight", () => {
    const volume = [tensor([1, 1, 8, 8, 8]), tensor([1, 2, 2, 2, 3])];
    expect(costOf("GridSample", { inputs: volume }).flops).toBe(8 * 16);
  });

  it.each([
    ["another batch", [x, tensor([1, 5, 6, 2])], 22],
    ["points of a volume", [x, tensor([2, 5, 6, 3])], 22],
    ["another rank", [x, tensor([2, 5, 2])], 22],
    ["a volume before opset 20", [tensor([2, 3, 8, 8, 8]), tensor([2, 4, 5, 6, 3])], 16],
  ])("refuses %s", (_, inputs, opset) => {
    expect(refusal("GridSample", { inputs, opset }).code).toBe("invalid-graph");
  });

  it("refuses a mode that it does not know", () => {
    expect(refusal("GridSample", { inputs: [x, grid], attributes: { mode: "linear" }, opset: 16 }).code).toBe("malformed");
  });
});
