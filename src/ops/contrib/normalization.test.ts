import { describe, expect, it } from "vitest";
import { costOf, infer, refusal, shapeOf, tensor } from "../../../test/helper/operator-case.js";

const domain = "com.microsoft";
const x = tensor([2, 3, 8]);
const vector = tensor([8]);

describe("layer normalization of a sum", () => {
  it("counts each vector once an element, and the addition of the skip", () => {
    const full = { domain, inputs: [x, x, vector, vector, vector], outputs: 4 };
    expect(costOf("SkipLayerNormalization", full).flops).toBe(48 * (6 + 1 + 2));
    expect(costOf("SkipLayerNormalization", { domain, inputs: [x, x, vector] }).flops).toBe(48 * 7);
    expect(infer("SkipLayerNormalization", full).map(({ shape }) => shape)).toEqual([
      [2, 3, 8],
      [2, 3, 1],
      [2, 3, 1],
      [2, 3, 8],
    ]);
  });

  it("without a mean takes 4 an element", () => {
    expect(costOf("SkipSimplifiedLayerNormalization", { domain, inputs: [x, x, vector, vector] }).flops).toBe(48 * 6);
    expect(costOf("SimplifiedLayerNormalization", { inputs: [x, vector], opset: 17 }).flops).toBe(48 * 4);
    const stats = { inputs: [tensor([2, 3, 8], { dtype: "float16" }), tensor([8], { dtype: "float16" })], outputs: 2 };
    expect(infer("SimplifiedLayerNormalization", stats)).toMatchObject([
      { dtype: "float16", shape: [2, 3, 8] },
      { dtype: "float32", shape: [2, 3, 1] },
    ]);
  });

  it("refuses a skip or a gamma of another width", () => {
    expect(refusal("SkipLayerNormalization", { domain, inputs: [x, tensor([2, 3, 7]), vector] }).field).toBe("skip");
    expect(refusal("SkipLayerNormalization", { domain, inputs: [x, x, tensor([7])] }).field).toBe("gamma");
  });
});

describe("embeddings", () => {
  const ids = tensor([2, 6], { dtype: "int32" });

  it("read the rows that are looked up, not the tables", () => {
    const inputs = [ids, ids, tensor([30_522, 8]), tensor([512, 8]), tensor([2, 8]), vector, vector, ids];
    const facts = infer("EmbedLayerNormalization", { domain, inputs, outputs: 3 });
    expect(facts).toMatchObject([
      { dtype: "float32", shape: [2, 6, 8] },
      { dtype: "int32", shape: [2] },
      { dtype: "float32", shape: [2, 6, 8] },
    ]);
    expect(costOf("EmbedLayerNormalization", { domain, inputs })).toEqual({
      macs: 0,
      flops: 96 * (7 + 2),
      bytesRead: 3 * 48 + 2 * 32 + 3 * 4 * 96,
      bytesWritten: 4 * 96,
    });
  });

  it("are dequantized row by row where they are bytes", () => {
    const scale = tensor([]);
    const zero = tensor([], { dtype: "uint8" });
    const table = (rows: number) => tensor([rows, 8], { dtype: "uint8" });
    const row = tensor([8], { dtype: "uint8" });
    const tables = [table(100), table(6), null, row, row, null];
    const scales = [scale, scale, null, scale, scale, zero, zero, null, zero, zero];
    const node = { domain, inputs: [ids, null, ...tables, ...scales], outputs: 2 };
    expect(infer("QEmbedLayerNormalization", node)[0]).toMatchObject({ dtype: "float32", shape: [2, 6, 8] });
    expect(costOf("QEmbedLayerNormalization", node)).toMatchObject({
      flops: 96 * (7 + 1 + 4),
      bytesRead: 48 + 16 + 2 * 96 + 4 * 4 + 4,
    });
  });

  it("refuse ids that are no matrix", () => {
    const inputs = [tensor([6], { dtype: "int32" }), null, tensor([100, 8]), tensor([6, 8]), null, vector, vector];
    expect(refusal("EmbedLayerNormalization", { domain, inputs }).field).toBe("input_ids");
  });
});

describe("GroupNorm", () => {
  const image = tensor([1, 4, 4, 8]);

  it("has the channels last, and a SiLU where asked for", () => {
    const node = { domain, inputs: [image, vector, vector], attributes: { groups: 4, activation: 1 } };
    expect(shapeOf("GroupNorm", node)).toEqual([1, 4, 4, 8]);
    expect(costOf("GroupNorm", node).flops).toBe(128 * (5 + 5));
    expect(costOf("GroupNorm", { ...node, attributes: { groups: 4, activation: 0 } }).flops).toBe(128 * 5);
  });

  it("adds a skip and a bias first", () => {
    const node = { domain, inputs: [image, vector, vector, image, vector], attributes: { groups: 4 }, outputs: 2 };
    expect(infer("SkipGroupNorm", node).map(({ shape }) => shape)).toEqual([image.shape, image.shape]);
    expect(costOf("SkipGroupNorm", node).flops).toBe(128 * (5 + 2));
  });

  it("refuses groups that do not divide the channels", () => {
    const node = { domain, inputs: [image, vector, vector], attributes: { groups: 3 } };
    expect(refusal("GroupNorm", node)).toMatchObject({ code: "invalid-graph", field: "groups" });
    expect(refusal("GroupNorm", { ...node, attributes: { groups: 4, activation: 2 } }).code).toBe("malformed");
  });
});
