import { describe, expect, it } from "vitest";
import { costOf, refusal, shapeOf, tensor } from "../../../test/helper/operator-case.js";

const domain = "com.microsoft.nchwc";

describe("channels in blocks", () => {
  it("are filled up: to what is known only where both block sizes agree", () => {
    expect(shapeOf("ReorderInput", { domain, inputs: [tensor([1, 48, 8, 9])] })).toEqual([1, 48, 8, 9]);
    expect(shapeOf("ReorderInput", { domain, inputs: [tensor([1, 24, 8, 9])] })).toEqual([1, null, 8, 9]);
    const last = { domain, inputs: [tensor([1, 8, 9, 16])], attributes: { channels_last: 1 } };
    expect(shapeOf("ReorderInput", last)).toEqual([1, 16, 8, 9]);
  });

  it("are cut again on the way out", () => {
    const inputs = [tensor([1, 32, 8, 9])];
    expect(shapeOf("ReorderOutput", { domain, inputs, attributes: { channels: 24 } })).toEqual([1, 24, 8, 9]);
    const last = { domain, inputs, attributes: { channels: 24, channels_last: 1 } };
    expect(shapeOf("ReorderOutput", last)).toEqual([1, 8, 9, 24]);
    expect(costOf("ReorderOutput", last)).toEqual({ macs: 0, flops: 0, bytesRead: 4 * 2304, bytesWritten: 4 * 1728 });
    expect(refusal("ReorderOutput", { domain, inputs })).toMatchObject({ code: "malformed", field: "channels" });
    expect(refusal("ReorderInput", { domain, inputs: [tensor([3])] }).code).toBe("invalid-graph");
  });

  it("count in the MACs as the file holds them: 24 filled up to 32", () => {
    const inputs = [tensor([1, 96, 16, 16]), tensor([32, 96, 1, 1]), tensor([32]), tensor([1, 32, 16, 16])];
    const macs = 32 * 256 * 96;
    const node = { domain, inputs, attributes: { activation: "Relu" } };
    expect(costOf("Conv", node)).toMatchObject({ macs, flops: 2 * macs + 3 * 32 * 256 });
  });

  it("pool as plain ones do", () => {
    const inputs = [tensor([1, 16, 8, 8])];
    const attributes = { kernel_shape: [2, 2], strides: [2, 2] };
    expect(costOf("MaxPool", { domain, inputs, attributes }).flops).toBe(256 * 4);
    expect(costOf("AveragePool", { domain, inputs, attributes }).flops).toBe(256 * 5);
    expect(shapeOf("GlobalAveragePool", { domain, inputs })).toEqual([1, 16, 1, 1]);
    expect(costOf("GlobalMaxPool", { domain, inputs }).flops).toBe(1024);
  });
});

describe("Upsample", () => {
  const inputs = [tensor([1, 16, 4, 5])];

  it("multiplies the axes, and interpolates where it is linear", () => {
    const attributes = { scales: [1, 1, 2, 3] };
    expect(shapeOf("Upsample", { domain, inputs, attributes })).toEqual([1, 16, 8, 15]);
    expect(costOf("Upsample", { domain, inputs, attributes }).flops).toBe(0);
    const linear = { domain, inputs, attributes: { ...attributes, mode: "linear" } };
    expect(costOf("Upsample", linear).flops).toBe(8 * 16 * 8 * 15);
  });

  it("refuses scales under 1 and for another rank, and knows nothing without", () => {
    expect(refusal("Upsample", { domain, inputs, attributes: { scales: [1, 1, 0, 1] } }).code).toBe("malformed");
    expect(refusal("Upsample", { domain, inputs, attributes: { scales: [2, 2] } }).code).toBe("invalid-graph");
    expect(shapeOf("Upsample", { domain, inputs })).toBeNull();
  });
});
