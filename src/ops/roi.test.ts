import { describe, expect, it } from "vitest";
import { costOf, float, infer, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

const x = tensor([2, 16, 32, 32]);

describe("RoiAlign", () => {
  const boxes = tensor([7, 4]);
  const images = tensor([7], { dtype: "int64" });
  const attributes = { output_height: 5, output_width: 6, sampling_ratio: 3, spatial_scale: float(0.25) };

  it("has a feature map for each box", () => {
    expect(infer("RoiAlign", { inputs: [x, boxes, images], attributes })[0]).toMatchObject({
      dtype: "float32",
      shape: [7, 16, 5, 6],
    });
    expect(shapeOf("RoiAlign", { inputs: [tensor(null), tensor(null), tensor(["R"], { dtype: "int64" })] })).toEqual(["R", null, 1, 1]);
  });

  it("costs 9 FLOPs a point and a division; an adaptive number of points counts as 2 by 2", () => {
    const elements = 7 * 16 * 30;
    expect(costOf("RoiAlign", { inputs: [x, boxes, images], attributes }).flops).toBe(elements * (9 * 9 + 1));
    const adaptive = { output_height: 5, output_width: 6 };
    expect(costOf("RoiAlign", { inputs: [x, boxes, images], attributes: adaptive }).flops).toBe(elements * (4 * 9 + 1));
  });

  it.each([
    ["boxes of five elements", [x, tensor([7, 5]), images], {}],
    ["other boxes than images", [x, tensor([6, 4]), images], {}],
    ["a vector of features", [tensor([16]), boxes, images], {}],
  ])("refuses %s", (_, inputs, rest) => {
    expect(refusal("RoiAlign", { inputs, attributes: rest }).code).toBe("invalid-graph");
  });

  it.each([[{ output_height: 0 }], [{ sampling_ratio: -1 }], [{ mode: "min" }]])("refuses %j", (rest) => {
    expect(refusal("RoiAlign", { inputs: [x, boxes, images], attributes: rest }).code).toBe("malformed");
  });
});

describe("MaxRoiPool", () => {
  const boxes = tensor([7, 5]);

  it("has a feature map for each box, of which every element may be compared", () => {
    const node = { inputs: [x, boxes], attributes: { pooled_shape: [2, 3] } };
    expect(shapeOf("MaxRoiPool", node)).toEqual([7, 16, 2, 3]);
    expect(costOf("MaxRoiPool", node).flops).toBe(7 * 16 * 32 * 32);
  });

  it("refuses boxes of four elements, and a shape that is not two extents", () => {
    const attributes = { pooled_shape: [2, 3] };
    expect(refusal("MaxRoiPool", { inputs: [x, tensor([7, 4])], attributes }).code).toBe("invalid-graph");
    expect(refusal("MaxRoiPool", { inputs: [x, boxes] }).code).toBe("malformed");
    expect(refusal("MaxRoiPool", { inputs: [x, boxes], attributes: { pooled_shape: [2, 3, 4] } }).code).toBe("malformed");
  });
});
