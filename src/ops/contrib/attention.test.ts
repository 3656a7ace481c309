import { describe, expect, it } from "vitest";
import { costOf, infer, refusal, shapeOf, tensor } from "../../../test/helper/operator-case.js";

const domain = "com.microsoft";

describe("Attention", () => {
  // BERT-base at 128 tokens: 3 projections of 768 x 768, and two products of 128 x 128 x 64 in each of 12 heads.
  const projections = 3 * 128 * 768 * 768;
  const products = 2 * 12 * 128 * 128 * 64;
  const inputs = [tensor([1, 128, 768]), tensor([768, 2304]), tensor([2304]), tensor([1, 128], { dtype: "int32" })];
  const bert = { domain, inputs, attributes: { num_heads: 12 } };

  it("has the MACs of BERT-base's three projections and two products", () => {
    expect(shapeOf("Attention", bert)).toEqual([1, 128, 768]);
    const { macs, flops } = costOf("Attention", bert);
    expect(macs).toBe(projections + products);
    // The bias of the projections; scale, softmax and mask of the scores.
    expect(flops).toBe(2 * macs + 128 * 2304 + 12 * 128 * 128 * 7);
  });

  it("looks at the past as well, and hands it on", () => {
    const past = tensor([2, 1, 12, 100, 64]);
    const node = { domain, inputs: [tensor([1, 1, 768]), tensor([768, 2304]), null, null, past], outputs: 2 };
    const grown = { ...node, attributes: { num_heads: 12, unidirectional: 1 } };
    expect(shapeOf("Attention", grown)).toEqual([1, 1, 768]);
    expect(infer("Attention", grown)[1]?.shape).toEqual([2, 1, 12, 101, 64]);
    expect(costOf("Attention", grown).macs).toBe(768 * 2304 + 2 * 12 * 101 * 64);
    const shared = { ...node, attributes: { num_heads: 12, past_present_share_buffer: 1 } };
    expect(infer("Attention", shared)[1]?.shape).toEqual([2, 1, 12, 100, 64]);
    expect(costOf("Attention", shared).macs).toBe(768 * 2304 + 2 * 12 * 100 * 64);
  });

  it("leaves unknown what it cannot tell, and refuses weights that do not fit", () => {
    const open = { ...bert, inputs: [tensor(["B", "S", 768]), tensor([768, 2304])], outputs: 2 };
    expect(infer("Attention", open).map(({ shape }) => shape)).toEqual([
      ["B", "S", 768],
      [2, "B", 12, "S", 64],
    ]);
    expect(refusal("Attention", { ...bert, attributes: { num_heads: 7 } }).field).toBe("num_heads");
    expect(refusal("Attention", { ...bert, attributes: { num_heads: 0 } }).code).toBe("malformed");
    const sizes = { num_heads: 12, qkv_hidden_sizes: [768, 768, 696] };
    expect(refusal("Attention", { ...bert, attributes: sizes }).field).toBe("qkv_hidden_sizes");
    const two = { num_heads: 12, qkv_hidden_sizes: [768, 768] };
    expect(refusal("Attention", { ...bert, attributes: two }).code).toBe("malformed");
  });

  it("quantized, multiplies the projections by their scales", () => {
    const scale = tensor([]);
    const bytes = (...shape: number[]) => tensor(shape, { dtype: "uint8" });
    const quantized = [bytes(1, 128, 768), bytes(768, 2304), tensor([2304]), scale, scale, null, bytes(), bytes()];
    const node = { domain, inputs: quantized, attributes: { num_heads: 12 } };
    expect(infer("QAttention", node)[0]).toMatchObject({ dtype: "float32", shape: [1, 128, 768] });
    const { macs, flops } = costOf("QAttention", node);
    expect(macs).toBe(projections + products);
    expect(flops).toBe(2 * macs + 2 * 128 * 2304 + 12 * 128 * 128 * 6);
  });
});

describe("MultiHeadAttention", () => {
  it("attends across sequences, values as wide as they are", () => {
    const inputs = [tensor([2, 6, 8]), tensor([2, 5, 8]), tensor([2, 5, 16]), tensor([32])];
    const node = { domain, inputs, attributes: { num_heads: 2 } };
    expect(shapeOf("MultiHeadAttention", node)).toEqual([2, 6, 16]);
    const macs = 2 * 2 * 6 * 5 * (4 + 8);
    expect(costOf("MultiHeadAttention", node)).toMatchObject({
      macs,
      flops: 2 * macs + 2 * 2 * 6 * 5 * 6 + 2 * (6 * 8 + 5 * (8 + 16)),
    });
  });

  it("reads packed keys and values, and what is packed altogether", () => {
    const attributes = { num_heads: 2 };
    const macs = 2 * 2 * 6 * 5 * 8;
    const packed = { domain, inputs: [tensor([2, 6, 8]), tensor([2, 5, 2, 2, 4])], attributes };
    expect(costOf("MultiHeadAttention", packed).macs).toBe(macs);
    const all = { domain, inputs: [tensor([2, 6, 2, 3, 4])], attributes };
    expect(shapeOf("MultiHeadAttention", all)).toEqual([2, 6, 8]);
    expect(costOf("MultiHeadAttention", all).macs).toBe(2 * 2 * 6 * 6 * 8);
  });

  it("refuses a query without key, a key without value and widths that the heads do not divide", () => {
    const query = tensor([2, 6, 8]);
    const of = (inputs: readonly ReturnType<typeof tensor>[], heads: number) =>
      refusal("MultiHeadAttention", { domain, inputs, attributes: { num_heads: heads } }).field;
    expect(of([query], 2)).toBe("key");
    expect(of([query, query], 2)).toBe("value");
    expect(of([query, query, query], 3)).toBe("num_heads");
    expect(of([tensor([2, 6]), query, query], 2)).toBe("query");
  });
});

describe("GroupQueryAttention", () => {
  const length = tensor([1], { dtype: "int32" });
  const total = (value: number) => tensor([], { dtype: "int32", value: [value] });
  const attributes = { num_heads: 32, kv_num_heads: 8 };

  it("decodes one token of Llama-3-8B over 1,024 positions", () => {
    const cache = tensor([1, 8, 1023, 128]);
    const [query, key] = [tensor([1, 1, 4096]), tensor([1, 1, 1024])];
    const inputs = [query, key, key, cache, cache, length, total(1024)];
    const node = { domain, inputs, attributes, outputs: 3 };
    expect(infer("GroupQueryAttention", node).map(({ shape }) => shape)).toEqual([
      [1, 1, 4096],
      [1, 8, 1024, 128],
      [1, 8, 1024, 128],
    ]);
    const macs = 2 * 32 * 1024 * 128;
    expect(costOf("GroupQueryAttention", node)).toMatchObject({ macs, flops: 2 * macs + 6 * 32 * 1024 });
    const rotary = { ...node, attributes: { ...attributes, do_rotary: 1 } };
    expect(costOf("GroupQueryAttention", rotary).flops).toBe(2 * macs + 6 * 32 * 1024 + 3 * 40 * 128);
  });

  it("does not guess how long a cache grows, and counts past and new positions for it", () => {
    const cache = tensor([1, 8, 100, 128]);
    const open = tensor([], { dtype: "int32" });
    const inputs = [tensor([1, 2, 6144]), null, null, cache, cache, length, open];
    const [, present] = infer("GroupQueryAttention", { domain, inputs, attributes, outputs: 2 });
    expect(present?.shape).toEqual([1, 8, null, 128]);
    expect(costOf("GroupQueryAttention", { domain, inputs, attributes }).macs).toBe(2 * 32 * 2 * 102 * 128);
    const wrong = { domain, inputs: [tensor([1, 2, 6001]), ...inputs.slice(1)], attributes };
    expect(refusal("GroupQueryAttention", wrong).field).toBe("num_heads");
    const endless = { domain, inputs: [...inputs.slice(0, 6), total(-1)], attributes };
    expect(refusal("GroupQueryAttention", endless).field).toBe("total_sequence_length");
  });
});

describe("PackedAttention", () => {
  it("projects the tokens that are there, and attends over the longest sequence", () => {
    const integers = (...shape: number[]) => tensor(shape, { dtype: "int32" });
    const inputs = [tensor([9, 8]), tensor([8, 24]), tensor([24]), integers(2, 6), integers(3)];
    const node = { domain, inputs, attributes: { num_heads: 2 } };
    expect(shapeOf("PackedAttention", node)).toEqual([9, 8]);
    const macs = 9 * 8 * 24 + 2 * 2 * 6 * 6 * 8;
    expect(costOf("PackedAttention", node)).toMatchObject({ macs, flops: 2 * macs + 9 * 24 + 6 * 2 * 2 * 36 });
    const flat = { ...node, inputs: [tensor([1, 9, 8]), ...inputs.slice(1)] };
    expect(refusal("PackedAttention", flat).field).toBe("input");
  });
});

describe("RotaryEmbedding", () => {
  const positions = tensor([2, 6], { dtype: "int64" });

  it("costs 3 for each element that is rotated", () => {
    const whole = [tensor([2, 6, 32]), positions, tensor([10, 8]), tensor([10, 8])];
    expect(costOf("RotaryEmbedding", { domain, inputs: whole }).flops).toBe(3 * 384);
    const half = [tensor([2, 6, 32]), positions, tensor([10, 4]), tensor([10, 4])];
    expect(costOf("RotaryEmbedding", { domain, inputs: half, attributes: { num_heads: 2 } }).flops).toBe(3 * 192);
    expect(refusal("RotaryEmbedding", { domain, inputs: [tensor([2]), ...half.slice(1)] }).field).toBe("input");
  });
});

describe("GemmaRotaryEmbedding", () => {
  it("rotates Q and K, of as many heads as each has, by the sines and cosines of its angles", () => {
    const [query, key] = [tensor([1, 8, 5, 16]), tensor([1, 1, 5, 16])];
    const node = { domain, inputs: [tensor([1, 5, 16]), query, query, key, key], outputs: 2 };
    expect(infer("GemmaRotaryEmbedding", node).map(({ shape }) => shape)).toEqual([query.shape, key.shape]);
    expect(costOf("GemmaRotaryEmbedding", node).flops).toBe(3 * 9 * 80 + 2 * 80);
    expect(refusal("GemmaRotaryEmbedding", { ...node, inputs: node.inputs.slice(0, 3) }).field).toBe("k");
  });
});
