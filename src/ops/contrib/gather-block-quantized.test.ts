import { describe, expect, it } from "vitest";
import { costOf, infer, refusal, shapeOf, tensor } from "../../../test/helper/operator-case.js";

const domain = "com.microsoft";

describe("GatherBlockQuantized", () => {
  const indices = tensor([2, 3], { dtype: "int64" });
  const scales = tensor([10, 2]);

  // What ONNX Runtime 1.32 gives for a table of 10 rows of 32 elements.
  it.each([
    ["uint4", 32, 4],
    ["uint8", 16, 4],
    ["uint8", 8, 2],
    ["uint8", 32, 8],
  ] as const)("unpacks %s rows of %d that hold elements of %d bits", (dtype, width, bits) => {
    const inputs = [tensor([10, width], { dtype }), indices, scales];
    expect(infer("GatherBlockQuantized", { domain, inputs, attributes: { bits } })[0]).toMatchObject({ dtype: "float32", shape: [2, 3, 32] });
    expect(costOf("GatherBlockQuantized", { domain, inputs, attributes: { bits } })).toEqual({
      macs: 0,
      flops: 2 * 192,
      bytesRead: (192 * bits) / 8 + 8 * 6,
      bytesWritten: 4 * 192,
    });
  });

  it("takes the axis that it names, and refuses elements of 3 bits", () => {
    const inputs = [tensor([10, 32], { dtype: "int4" }), indices, scales];
    expect(shapeOf("GatherBlockQuantized", { domain, inputs, attributes: { gather_axis: 1 } })).toEqual([10, 2, 3]);
    expect(refusal("GatherBlockQuantized", { domain, inputs, attributes: { bits: 3 } }).code).toBe("malformed");
  });
});
