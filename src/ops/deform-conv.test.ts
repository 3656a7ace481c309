import { describe, expect, it } from "vitest";
import { costOf, refusal, shapeOf, tensor, type OperatorCase } from "../../test/helper/operator-case.js";

const x = tensor([1, 4, 8, 8]);
const weights = tensor([6, 4, 3, 3]);
const offset = tensor([1, 18, 6, 6]);

function deformed(...rest: OperatorCase["inputs"]): OperatorCase {
  return { inputs: [x, weights, offset, ...rest] };
}

describe("DeformConv", () => {
  it("has the shape of a convolution", () => {
    expect(shapeOf("DeformConv", deformed())).toEqual([1, 6, 6, 6]);
    const padded = { inputs: [x, weights, tensor([1, 18, 4, 4])], attributes: { pads: [1, 1, 1, 1], strides: [2, 2] } };
    expect(shapeOf("DeformConv", padded)).toEqual([1, 6, 4, 4]);
    expect(shapeOf("DeformConv", { inputs: [tensor(null), weights, tensor(null)] })).toEqual([null, 6, null, null]);
  });

  it("costs a convolution, and 8 FLOPs for each element that is read between others", () => {
    const read = 4 * 36 * 9;
    expect(costOf("DeformConv", deformed())).toMatchObject({ macs: 6 * read, flops: 12 * read + 8 * read });
    const masked = deformed(tensor([6]), tensor([1, 9, 6, 6]));
    expect(costOf("DeformConv", masked).flops).toBe(12 * read + 9 * read + 6 * 36);
  });

  it("interpolates between eight elements of a volume", () => {
    const inputs = [tensor([1, 1, 3, 3, 3]), tensor([1, 1, 2, 2, 2]), tensor([1, 24, 2, 2, 2])];
    expect(costOf("DeformConv", { inputs }).flops).toBe(2 * 64 + 16 * 64);
  });

  it.each([
    ["offsets of other positions", [x, weights, tensor([1, 18, 5, 6])], {}],
    ["a mask of other positions", [x, weights, offset, null, tensor([1, 9, 6, 5])], {}],
    ["offsets of another rank", [x, weights, tensor([1, 18, 6])], {}],
    ["groups of offsets that do not divide the channels", [x, weights, offset], { offset_group: 3 }],
    ["a bias of another length", [x, weights, offset, tensor([4])], {}],
  ])("refuses %s", (_, inputs, attributes) => {
    expect(refusal("DeformConv", { inputs, attributes }).code).toBe("invalid-graph");
  });
});
