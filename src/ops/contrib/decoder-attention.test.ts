import { describe, expect, it } from "vitest";
import { costOf, infer, refusal, shapeOf, tensor } from "../../../test/helper/operator-case.js";

const domain = "com.microsoft";
const attributes = { num_heads: 12 };
const integers = (...shape: number[]) => tensor(shape, { dtype: "int32" });

describe("DecoderMaskedSelfAttention", () => {
  it("is Attention of one new position over the past", () => {
    const past = tensor([2, 1, 12, 100, 64]);
    const inputs = [tensor([1, 1, 768]), tensor([768, 2304]), tensor([2304]), null, past, null, integers(1)];
    const node = { domain, inputs, attributes, outputs: 2 };
    expect(infer("DecoderMaskedSelfAttention", node).map(({ shape }) => shape)).toEqual([
      [1, 1, 768],
      [2, 1, 12, 101, 64],
    ]);
    expect(costOf("DecoderMaskedSelfAttention", node)).toEqual(costOf("Attention", node));
  });
});

describe("DecoderMaskedMultiHeadAttention", () => {
  const step = tensor([1, 1, 768]);
  const cache = tensor([1, 12, 100, 64]);
  const macs = (keys: number) => 2 * 12 * keys * 64;

  it("appends to the cache, or fills a buffer that is counted whole", () => {
    const node = { domain, inputs: [step, step, step, null, null, cache, cache, integers(1)], attributes, outputs: 3 };
    const shapes = (given: typeof node) => infer("DecoderMaskedMultiHeadAttention", given).map(({ shape }) => shape);
    expect(shapes(node)).toEqual([[1, 1, 768], [1, 12, 101, 64], [1, 12, 101, 64]]);
    expect(costOf("DecoderMaskedMultiHeadAttention", node).macs).toBe(macs(101));
    const shared = { ...node, attributes: { ...attributes, past_present_share_buffer: 1 } };
    expect(shapes(shared)[1]).toEqual([1, 12, 100, 64]);
    expect(costOf("DecoderMaskedMultiHeadAttention", shared).macs).toBe(macs(100));
  });

  it("looks across at keys that were projected once, the bias and the mask adding", () => {
    const inputs = [step, cache, cache, integers(1, 100), null, null, null, null, null, null, tensor([2304])];
    const { flops } = costOf("DecoderMaskedMultiHeadAttention", { domain, inputs, attributes });
    expect(flops).toBe(2 * macs(100) + 12 * 100 * 7 + 768 + 100 * 2 * 768);
  });

  it("takes the widths of what is packed in the query from the cache", () => {
    const packed = [tensor([1, 1, 2304]), null, null, null, null, cache, cache];
    expect(shapeOf("DecoderMaskedMultiHeadAttention", { domain, inputs: packed, attributes })).toEqual([1, 1, 768]);
    expect(shapeOf("DecoderMaskedMultiHeadAttention", { domain, inputs: packed.slice(0, 1), attributes })).toEqual([1, 1, null]);
  });
});

describe("PackedMultiHeadAttention", () => {
  const offsets = [integers(2, 6), integers(3)];

  it("attends over the longest sequence, the bias met by the tokens that are there", () => {
    const inputs = [tensor([9, 24]), tensor([9, 24]), tensor([9, 48]), tensor([96]), ...offsets];
    const node = { domain, inputs, attributes };
    expect(shapeOf("PackedMultiHeadAttention", node)).toEqual([9, 48]);
    const macs = 2 * 12 * 36 * (2 + 4);
    expect(costOf("PackedMultiHeadAttention", node)).toMatchObject({ macs, flops: 2 * macs + 6 * 2 * 12 * 36 + 9 * 96 });
  });

  it("reads what is packed altogether, and refuses heads that it does not have", () => {
    const packed = { domain, inputs: [tensor([9, 12, 3, 2]), null, null, null, ...offsets], attributes };
    expect(shapeOf("PackedMultiHeadAttention", packed)).toEqual([9, 24]);
    expect(refusal("PackedMultiHeadAttention", { ...packed, attributes: { num_heads: 6 } }).field).toBe("num_heads");
  });
});

describe("SparseAttention", () => {
  it("is attention of grouped heads over a buffer that keeps its size", () => {
    const cache = tensor([1, 8, 128, 16]);
    const total = tensor([1], { dtype: "int32", value: [100] });
    const [query, key] = [tensor([1, 1, 512]), tensor([1, 1, 128])];
    const inputs = [query, key, key, cache, cache, integers(1, 9), integers(1, 20), total, integers(1)];
    const node = { domain, inputs, attributes: { num_heads: 32, kv_num_heads: 8, sparse_block_size: 16 }, outputs: 3 };
    expect(infer("SparseAttention", node).map(({ shape }) => shape)).toEqual([[1, 1, 512], [1, 8, 128, 16], [1, 8, 128, 16]]);
    expect(costOf("SparseAttention", node).macs).toBe(2 * 32 * 100 * 16);
  });
});
