import { describe, expect, it } from "vitest";
import { costOf, floats, infer, refusal, shapeOf, tensor, type OperatorCase } from "../../test/helper/operator-case.js";

const attributes = { mode: "TF", min_gram_length: 1, max_gram_length: 2, max_skip_count: 3, ngram_indexes: [0, 6, 2] };

function vectorizer(shape: readonly (number | string)[] | null, rest: OperatorCase["attributes"] = {}): OperatorCase {
  return { inputs: [tensor(shape, { dtype: "int64" })], attributes: { ...attributes, ...rest } };
}

describe("TfIdfVectorizer", () => {
  it("has an element for each index up to the largest", () => {
    expect(infer("TfIdfVectorizer", vectorizer([12]))[0]).toMatchObject({ dtype: "float32", shape: [7] });
    expect(shapeOf("TfIdfVectorizer", vectorizer(["N", 12]))).toEqual(["N", 7]);
    expect(shapeOf("TfIdfVectorizer", vectorizer(null))).toBeNull();
  });

  it("counts each n-gram that may start at an element, and weights", () => {
    expect(costOf("TfIdfVectorizer", vectorizer([2, 12])).flops).toBe(24 * 2 * 4);
    const weighted = vectorizer([2, 12], { weights: floats(1, 2, 3) });
    expect(costOf("TfIdfVectorizer", weighted).flops).toBe(24 * 2 * 4 + 14);
  });

  it.each([
    ["no indices", { ngram_indexes: [] }],
    ["a negative index", { ngram_indexes: [0, -1] }],
    ["an index past what can be counted", { ngram_indexes: [Number.MAX_SAFE_INTEGER] }],
    ["lengths the wrong way round", { min_gram_length: 3 }],
    ["less than no skips", { max_skip_count: -1 }],
  ])("refuses %s", (_, rest) => {
    expect(["malformed", "limit-exceeded"]).toContain(refusal("TfIdfVectorizer", vectorizer([12], rest)).code);
  });

  it("refuses another rank", () => {
    expect(refusal("TfIdfVectorizer", vectorizer([])).code).toBe("invalid-graph");
  });
});
