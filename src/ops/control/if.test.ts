import { describe, expect, it } from "vitest";
import { built, type Built } from "../../../test/helper/built.js";
import { graphAttribute, graphOf, nodeOf, tensorOf, valueOf, type ModelSpec } from "../../../test/helper/onnx.js";
import type { OnnxGraph } from "../../onnx/types.js";

/** One node on what is around the branch. */
function branch(opType: string, inputs: readonly string[], output: string, rest: Partial<ModelSpec> = {}): OnnxGraph {
  return graphOf({ nodes: [nodeOf(opType, inputs, [output])], outputs: [output], ...rest });
}

function choice(whenTrue: OnnxGraph, whenFalse: OnnxGraph, condition: number | null = null): Built {
  const attributes = { then_branch: graphAttribute(whenTrue), else_branch: graphAttribute(whenFalse) };
  const inputs = [valueOf("x", [2, 3]), valueOf("wide", [2, 8]), valueOf("c", [], "bool")];
  const known = [tensorOf("known", [], [condition ?? 0], "bool")];
  const node = nodeOf("If", [condition === null ? "c" : "known"], ["y"], { attributes });
  return built({ inputs, initializers: known, nodes: [node], outputs: ["y"] });
}

const relu = branch("Relu", ["x"], "r");
const softmax = branch("Softmax", ["wide"], "s");

describe("If", () => {
  it("keeps what both branches agree on where the condition is open", () => {
    expect(choice(relu, softmax).fact("y")).toMatchObject({ dtype: "float32", shape: [2, null] });
    expect(choice(relu, branch("Neg", ["x"], "n")).fact("y").shape).toEqual([2, 3]);
    expect(choice(relu, branch("Shape", ["x"], "n")).fact("y")).toMatchObject({ dtype: null, shape: null });
  });

  it("is the branch that a known condition names", () => {
    expect(choice(relu, softmax, 1).fact("y").shape).toEqual([2, 3]);
    expect(choice(relu, softmax, 0).fact("y").shape).toEqual([2, 8]);
    expect(choice(relu, softmax, 0).node("Softmax").cost?.flops).toBe(5 * 16);
  });

  it("costs what a branch costs where both cost the same, and else nobody knows what", () => {
    expect(choice(relu, branch("Neg", ["x"], "n")).node("If").cost).toEqual({ macs: 0, flops: 6, bytesRead: 24, bytesWritten: 24 });
    expect(choice(relu, softmax).node("If").cost).toBeNull();
  });

  it("learns nothing from a branch that cannot be taken for these inputs", () => {
    const impossible = branch("MatMul", ["x", "x"], "m");
    expect(choice(impossible, relu).fact("y").shape).toBeNull();
    expect(choice(impossible, relu).node("If").cost).toBeNull();
    expect(choice(impossible, relu, 0).fact("y").shape).toEqual([2, 3]);
    expect(() => choice(impossible, relu, 1)).toThrow("MatMul");
  });

  it("hands on what is constant in the branch that is taken only", () => {
    const constant = branch("Identity", ["w"], "i", { initializers: [tensorOf("w", [5])] });
    expect(choice(constant, constant, 1).node("Identity")).toMatchObject({ folded: true, parameters: 0 });
    expect(choice(constant, branch("Identity", ["w"], "i", { initializers: [tensorOf("w", [5])] })).node("If").folded).toBe(false);
  });

  it("counts the weights in its branches, and those that they take from around them", () => {
    const dense = branch("Gemm", ["x", "w"], "g", { initializers: [tensorOf("w", [3, 4])] });
    const counted = choice(dense, relu);
    expect(counted.node("If").parameters).toBe(12);
    expect(counted.graph.totals).toMatchObject({ parameters: 12, weightBytes: 48 });
  });

  it("names operators that are not known in a branch", () => {
    const odd = choice(relu, branch("Odd", ["x"], "o"));
    expect([...odd.graph.unsupported]).toEqual([[":Odd", 1]]);
    expect(odd.node("If").cost).toBeNull();
  });

  it("merges sequences, and optionals that may be empty", () => {
    const one = branch("SequenceConstruct", ["x"], "a");
    const two = branch("SequenceConstruct", ["x", "wide"], "b");
    expect(choice(one, two).fact("y").container).toMatchObject({ kind: "sequence", length: null, element: { shape: [2, null] } });
    const none = choice(branch("Optional", [], "n"), branch("Optional", ["x"], "o"));
    expect(none.fact("y").container).toMatchObject({ kind: "optional", length: null, element: { dtype: "float32", shape: [2, 3] } });
  });

  it("refuses branches that are missing, malformed or give too little", () => {
    const without = nodeOf("If", ["c"], ["y"], { attributes: { then_branch: graphAttribute(relu) } });
    expect(() => built({ inputs: [valueOf("c", [], "bool"), valueOf("x", [1])], nodes: [without] })).toThrow('"else_branch" is missing');
    expect(() => choice(relu, graphOf({ nodes: [] }))).toThrow("else_branch has 0 outputs");
    const twice = graphOf({ nodes: [nodeOf("Relu", ["x"], ["r"]), nodeOf("Abs", ["x"], ["r"])], outputs: ["r"] });
    expect(() => choice(relu, twice)).toThrow('"r" is defined twice');
  });
});
