import { describe, expect, it } from "vitest";
import type { OnnxModel } from "../../src/onnx/types.js";
import { modelOf, nodeOf, tensorOf, valueOf } from "../helper/onnx.js";
import type { Answer } from "./cases.js";
import { judgeModel } from "./judge.js";
import { judgeSymbolically } from "./symbols.js";

function answer(shape: readonly number[], rest: Partial<Answer> = {}): Answer {
  return { name: "y", kind: "tensor", dtype: "float32", shape, dependsOnData: false, onnx: "equal", ...rest };
}

function model(opType: string): OnnxModel {
  return modelOf({ inputs: [valueOf("x", [2, 3])], nodes: [nodeOf(opType, ["x"], ["y"])], outputs: ["y"] });
}

function verdictOn(opType: string, truth: Answer): string | undefined {
  return judgeModel(() => model(opType), [truth])[0]?.verdict;
}

describe("a judgement on inferred shapes", () => {
  it("is equal when type and dimensions are the real ones", () => {
    expect(verdictOn("Relu", answer([2, 3]))).toBe("equal");
  });

  it.each([
    ["another dimension", answer([2, 4])],
    ["another rank", answer([2])],
    ["another type", answer([2, 3], { dtype: "int64" })],
  ])("is a contradiction for %s", (_, truth) => {
    expect(verdictOn("Relu", truth)).toBe("contradiction");
  });

  it("is a contradiction for other elements than the real ones", () => {
    const elements = (value: readonly number[]): Answer => answer([2], { dtype: "int64", value });
    expect(verdictOn("Shape", elements([2, 3]))).toBe("equal");
    expect(verdictOn("Shape", elements([3, 2]))).toBe("contradiction");
  });

  it("names the first operator that loses a shape", () => {
    const nodes = [nodeOf("Relu", ["x"], ["a"]), nodeOf("NotThere", ["a"], ["b"]), nodeOf("Relu", ["b"], ["y"])];
    const unknown = modelOf({ inputs: [valueOf("x", [2, 3])], nodes, outputs: ["y"] });
    expect(judgeModel(() => unknown, [answer([2, 3])])).toMatchObject([{ verdict: "unknown", cause: ":NotThere" }]);
  });

  it("takes the tensors in a sequence for what its type and length say", () => {
    const split = modelOf({ inputs: [valueOf("x", [2, 3])], nodes: [nodeOf("SplitToSequence", ["x"], ["y"])], outputs: ["y"] });
    const sequence = (shape: readonly number[], length: number, dtype: Answer["dtype"] = "float32"): unknown =>
      judgeModel(() => split, [answer(shape, { kind: "sequence", length, dtype })])[0]?.verdict;
    expect(sequence([1, 3], 2)).toBe("equal");
    expect(sequence([2, 3], 2)).toBe("contradiction");
    expect(sequence([1, 3], 3)).toBe("contradiction");
    expect(sequence([1, 3], 2, "int64")).toBe("contradiction");
    expect(judgeModel(() => split, [answer([1, 3])])).toMatchObject([{ verdict: "contradiction" }]);
    const mixed = answer([], { kind: "sequence", shape: null, length: 2 });
    expect(judgeModel(() => split, [mixed])).toMatchObject([{ verdict: "contradiction" }]);
    expect(verdictOn("Relu", mixed)).toBe("contradiction");
  });

  it("is an error for a model that is refused", () => {
    const nodes = [nodeOf("Reshape", ["x", "shape"], ["y"])];
    const initializers = [tensorOf("shape", [1], [5])];
    const refused = modelOf({ inputs: [valueOf("x", [2, 3])], initializers, nodes, outputs: ["y"] });
    expect(judgeModel(() => refused, [answer([5])])).toMatchObject([{ verdict: "error" }]);
  });
});

describe("a judgement on what is inferred from symbols", () => {
  it("puts the real sizes in the place of the symbols", () => {
    const truth = answer([2], { dtype: "int64", value: [2, 3] });
    expect(judgeSymbolically(() => model("Shape"), [truth])).toMatchObject([{ verdict: "equal" }]);
    expect(judgeSymbolically(() => model("Transpose"), [answer([3, 2])])).toMatchObject([{ verdict: "equal" }]);
    expect(judgeSymbolically(() => model("Transpose"), [answer([2, 3])])).toMatchObject([{ verdict: "contradiction" }]);
  });

  it("is unknown where a dimension stays open", () => {
    const nodes = [nodeOf("Concat", ["x", "x"], ["y"], { attributes: { axis: 0 } })];
    const doubled = modelOf({ inputs: [valueOf("x", [2, 3])], nodes, outputs: ["y"] });
    expect(judgeSymbolically(() => doubled, [answer([4, 3])])).toMatchObject([{ verdict: "unknown" }]);
  });
});
