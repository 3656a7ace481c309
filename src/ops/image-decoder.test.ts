import { expect, it } from "vitest";
import { infer, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

const file = tensor([1058], { dtype: "uint8" });

it("ImageDecoder knows the channels, not the extents", () => {
  expect(infer("ImageDecoder", { inputs: [file] })[0]).toMatchObject({ dtype: "uint8", shape: [null, null, 3] });
  const attributes = { pixel_format: "Grayscale" };
  expect(shapeOf("ImageDecoder", { inputs: [file], attributes })).toEqual([null, null, 1]);
});

it("ImageDecoder refuses a format that it does not know, and what is no vector of bytes", () => {
  expect(refusal("ImageDecoder", { inputs: [file], attributes: { pixel_format: "YUV" } }).code).toBe("malformed");
  expect(refusal("ImageDecoder", { inputs: [tensor([2, 3], { dtype: "uint8" })] }).code).toBe("invalid-graph");
});
