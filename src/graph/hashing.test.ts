import { describe, expect, it } from "vitest";
import type { DataType } from "../onnx/dtype.js";
import type { OnnxGraph } from "../onnx/types.js";
import { graphAttribute, graphOf, modelOf, nodeOf, tensorOf, valueOf, type ModelSpec } from "../../test/helper/onnx.js";
import { buildGraph } from "./build.js";

const idOf = (spec: ModelSpec): string => buildGraph(modelOf(spec)).modelId;

const BASE: ModelSpec = {
  inputs: [valueOf("x", [1, 4])],
  initializers: [tensorOf("w", [4, 2])],
  nodes: [nodeOf("MatMul", ["x", "w"], ["m"]), nodeOf("LeakyRelu", ["m"], ["y"], { attributes: { alpha: { kind: "float", value: 0.5 } } })],
  outputs: ["y"],
};

it("is 64 hexadecimal digits, the same every time", () => {
  expect(idOf(BASE)).toMatch(/^[0-9a-f]{64}$/);
  expect(idOf(BASE)).toBe(idOf(BASE));
});

describe("does not depend on", () => {
  it("names of tensors, nodes and symbols", () => {
    const renamed: ModelSpec = {
      inputs: [valueOf("in", [1, 4])],
      initializers: [tensorOf("weights", [4, 2])],
      nodes: [
        nodeOf("MatMul", ["in", "weights"], ["a"], { name: "first" }),
        nodeOf("LeakyRelu", ["a"], ["b"], { attributes: { alpha: { kind: "float", value: 0.5 } } }),
      ],
      outputs: ["b"],
    };
    expect(idOf(renamed)).toBe(idOf(BASE));
    const open = (symbol: string): string => idOf({ inputs: [valueOf("x", [symbol])], nodes: [nodeOf("Identity", ["x"], ["y"])] });
    expect(open("N")).toBe(open("batch"));
  });

  it("weights, their order, unread ones, and elements of constants that no shape follows from", () => {
    const constant = (value: number): ModelSpec => ({
      inputs: [valueOf("x", [1])],
      nodes: [nodeOf("Constant", [], ["c"], { attributes: { value_int: value } }), nodeOf("Mul", ["x", "c"], ["y"])],
    });
    expect(idOf(constant(1))).toBe(idOf(constant(2)));
    expect(idOf({ ...BASE, initializers: [tensorOf("unread", [9]), tensorOf("w", [4, 2])] })).toBe(idOf(BASE));
  });

  it("the order of attributes", () => {
    const pool = (attributes: Record<string, readonly number[]>): string =>
      idOf({ inputs: [valueOf("x", [1, 1, 8, 8])], nodes: [nodeOf("MaxPool", ["x"], ["y"], { attributes })] });
    expect(pool({ kernel_shape: [2, 2], strides: [2, 2] })).toBe(pool({ strides: [2, 2], kernel_shape: [2, 2] }));
  });
});

describe("depends on", () => {
  it.each<[string, ModelSpec]>([
    ["shapes", { ...BASE, inputs: [valueOf("x", [2, 4])] }],
    ["types", { ...BASE, inputs: [valueOf("x", [1, 4], "float16")] }],
    ["operators", { ...BASE, nodes: [BASE.nodes[0] ?? nodeOf("", [], []), nodeOf("Relu", ["m"], ["y"])] }],
    ["attributes", { ...BASE, nodes: [BASE.nodes[0] ?? nodeOf("", [], []), nodeOf("LeakyRelu", ["m"], ["y"])] }],
    ["the opset", { ...BASE, opset: 13 }],
    ["outputs", { ...BASE, outputs: ["m", "y"] }],
  ])("%s", (_, changed) => {
    expect(idOf(changed)).not.toBe(idOf(BASE));
  });

  it("edges", () => {
    const spec = (second: string): ModelSpec => ({
      inputs: [valueOf("x", [4])],
      nodes: [nodeOf("Relu", ["x"], ["a"]), nodeOf("Add", ["a", second], ["y"])],
    });
    expect(idOf(spec("a"))).not.toBe(idOf(spec("x")));
  });

  it("names that look like structure only as names", () => {
    const spec = (opType: string, domain: string): ModelSpec => ({
      inputs: [valueOf("x", [4])],
      nodes: [nodeOf(opType, ["x"], ["y"], { domain })],
    });
    expect(idOf(spec('b" "c', "a"))).not.toBe(idOf(spec("c", 'a" "b')));
  });
});

describe("subgraphs", () => {
  const branch = (inner: string, output: string): OnnxGraph =>
    graphOf({ nodes: [nodeOf(inner, ["x"], [output])], outputs: [output] });
  const choice = (thenBranch: OnnxGraph, otherwise = branch("Neg", "n")): string => {
    const attributes = { then_branch: graphAttribute(thenBranch), else_branch: graphAttribute(otherwise) };
    return idOf({
      inputs: [valueOf("x", [4]), valueOf("c", [], "bool")],
      nodes: [nodeOf("If", ["c"], ["y"], { attributes })],
    });
  };

  it("count by their structure, not their names", () => {
    expect(choice(branch("Relu", "r"))).toBe(choice(branch("Relu", "s")));
    expect(choice(branch("Relu", "r"))).not.toBe(choice(branch("Abs", "r")));
  });

  it("count by the opsets that a function brought along", () => {
    const old = graphOf({ nodes: [{ ...nodeOf("Relu", ["x"], ["r"]), opsets: new Map([["", 6]]) }], outputs: ["r"] });
    expect(choice(old)).not.toBe(choice(branch("Relu", "r")));
  });
});

it("counts what a sequence holds", () => {
  const spec = (dtype: DataType): ModelSpec => ({
    inputs: [{ name: "s", dtype: null, shape: null, container: { kind: "sequence", element: { dtype, shape: [2] } } }],
    nodes: [nodeOf("SequenceLength", ["s"], ["n"])],
  });
  expect(idOf(spec("float32"))).not.toBe(idOf(spec("float16")));
});
