import { describe, expect, it } from "vitest";
import type { OnnxAttribute, Shape } from "../onnx/types.js";
import type { ValueFact } from "./operator.js";
import { costOf, infer, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

function strings(shape: Shape): ValueFact {
  return tensor(shape, { dtype: "string" });
}

const stopwords: OnnxAttribute = { kind: "strings", value: ["monday"] };

it("RegexFullMatch tells for each string", () => {
  expect(infer("RegexFullMatch", { inputs: [strings(["N", 2])] })[0]).toMatchObject({ dtype: "bool", shape: ["N", 2] });
  expect(costOf("RegexFullMatch", { inputs: [strings([3, 2])] })).toMatchObject({ flops: 0, bytesWritten: 6 });
});

it("StringConcat broadcasts", () => {
  const inputs = [strings([3, 1]), strings([4])];
  expect(infer("StringConcat", { inputs })[0]).toMatchObject({ dtype: "string", shape: [3, 4] });
  expect(refusal("StringConcat", { inputs: [strings([3]), strings([4])] }).code).toBe("invalid-graph");
});

describe("StringNormalizer", () => {
  it("keeps the shape unless it takes words out", () => {
    expect(infer("StringNormalizer", { inputs: [strings(["C"])] })[0]).toMatchObject({ dtype: "string", shape: ["C"] });
    const attributes = { stopwords };
    expect(shapeOf("StringNormalizer", { inputs: [strings([4])], attributes })).toEqual([null]);
    expect(shapeOf("StringNormalizer", { inputs: [strings([1, 4])], attributes })).toEqual([1, null]);
    expect(shapeOf("StringNormalizer", { inputs: [strings(null)], attributes })).toBeNull();
  });

  it.each([[[2, 4]], [[]], [[1, 1, 4]]])("refuses the shape %j", (shape) => {
    expect(refusal("StringNormalizer", { inputs: [strings(shape)] }).code).toBe("invalid-graph");
  });
});

describe("StringSplit", () => {
  it("has an axis more for the parts, and counts them", () => {
    const facts = infer("StringSplit", { inputs: [strings(["N", 2])], outputs: 2 });
    expect(facts.map(({ dtype, shape }) => [dtype, shape])).toEqual([
      ["string", ["N", 2, null]],
      ["int64", ["N", 2]],
    ]);
  });

  it("makes no parts of no strings", () => {
    expect(shapeOf("StringSplit", { inputs: [strings([0])] })).toEqual([0, 0]);
    expect(shapeOf("StringSplit", { inputs: [strings(null)] })).toBeNull();
  });

  it("refuses attributes of another kind", () => {
    expect(refusal("StringSplit", { inputs: [strings([2])], attributes: { maxsplit: "many" } }).code).toBe("malformed");
  });
});
