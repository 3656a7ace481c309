import { expect, it } from "vitest";
import { costOf, int64s, refusal, shapeOf, tensor } from "../../../test/helper/operator-case.js";

const domain = "com.microsoft";
const attributes = { strides: [2, 2] };

it("takes its pads from an input, and knows no extents where that is not known", () => {
  const inputs = [tensor([1, 2, 5, 5]), tensor([2, 3, 3, 3])];
  const known = { domain, inputs: [...inputs, int64s(1, 1, 1, 1)], attributes };
  expect(shapeOf("ConvTransposeWithDynamicPads", known)).toEqual([1, 3, 9, 9]);
  expect(costOf("ConvTransposeWithDynamicPads", known)).toMatchObject({ macs: 50 * 3 * 9, bytesWritten: 4 * 243 });
  const unknown = { domain, inputs: [...inputs, tensor([4], { dtype: "int64" })], attributes };
  expect(shapeOf("ConvTransposeWithDynamicPads", unknown)).toEqual([1, 3, null, null]);
  expect(shapeOf("ConvTransposeWithDynamicPads", { domain, inputs, attributes })).toEqual([1, 3, 11, 11]);
  const wrong = { domain, inputs: [...inputs, int64s(1, 1)], attributes };
  expect(refusal("ConvTransposeWithDynamicPads", wrong).code).toBe("invalid-graph");
});
