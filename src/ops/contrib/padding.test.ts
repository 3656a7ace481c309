import { describe, expect, it } from "vitest";
import { costOf, infer, refusal, tensor } from "../../../test/helper/operator-case.js";

const domain = "com.microsoft";
const ints = (...shape: number[]) => tensor(shape, { dtype: "int32" });

describe("RemovePadding", () => {
  it("leaves open how many tokens there are", () => {
    const node = { domain, inputs: [tensor([2, 16, 8]), ints(2)], outputs: 4 };
    expect(infer("RemovePadding", node).map(({ dtype, shape }) => [dtype, shape])).toEqual([
      ["float32", [null, 8]],
      ["int32", [2, 16]],
      ["int32", [3]],
      ["int32", [1]],
    ]);
    const vast = { ...node, inputs: [tensor([Number.MAX_SAFE_INTEGER, 16, 8]), ints(2)] };
    expect(refusal("RemovePadding", vast).code).toBe("limit-exceeded");
    expect(refusal("RemovePadding", { ...node, inputs: [tensor([2, 16]), ints(2)] }).field).toBe("input");
  });
});

describe("RestorePadding", () => {
  it("gives every sequence the length that the offsets have", () => {
    const node = { domain, inputs: [tensor([20, 8]), ints(2, 16)] };
    expect(infer("RestorePadding", node)[0]).toMatchObject({ dtype: "float32", shape: [2, 16, 8] });
    expect(costOf("RestorePadding", node)).toEqual({ macs: 0, flops: 0, bytesRead: 4 * (160 + 32), bytesWritten: 4 * 256 });
  });
});
