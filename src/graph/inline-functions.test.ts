import { describe, expect, it } from "vitest";
import type { OnnxAttribute, OnnxFunction, OnnxNode } from "../onnx/types.js";
import { graphAttribute, graphOf, modelOf, nodeOf, tensorOf, valueOf } from "../../test/helper/onnx.js";
import { buildGraph } from "./build.js";
import type { Graph } from "./types.js";

function functionOf(
  name: string,
  inputs: readonly string[],
  outputs: readonly string[],
  nodes: readonly OnnxNode[],
  rest: Partial<OnnxFunction> = {},
): OnnxFunction {
  return { domain: "local", name, inputs, outputs, attributeNames: [], nodes, opsets: new Map([["", 18]]), ...rest };
}

const call = (name: string, inputs: readonly string[], outputs: readonly string[], as = ""): OnnxNode =>
  nodeOf(name, inputs, outputs, { domain: "local", name: as });

function build(nodes: readonly OnnxNode[], functions: readonly OnnxFunction[]): Graph {
  return buildGraph(modelOf({ inputs: [valueOf("x", [4])], nodes, outputs: ["y"], functions }));
}

const SILU = functionOf("Silu", ["a"], ["b"], [nodeOf("Sigmoid", ["a"], ["s"]), nodeOf("Mul", ["a", "s"], ["b"])]);

it("replaces calls by bodies, with names of their own and the function's opset", () => {
  const graph = build([call("Silu", ["x"], ["h"], "act1"), call("Silu", ["h"], ["y"])], [SILU]);
  expect(graph.nodes.map(({ name, opType, opset }) => [name, opType, opset])).toEqual([
    ["act1/Sigmoid", "Sigmoid", 18],
    ["act1/Mul", "Mul", 18],
    ["Silu/Sigmoid", "Sigmoid", 18],
    ["Silu/Mul", "Mul", 18],
  ]);
  expect(graph.values.map((value) => value.name)).toEqual(["x", "act1/s", "h", "Silu/s", "y"]);
  expect(graph.unsupported.size).toBe(0);
});

it("gives inner tensors fresh names where a name is taken", () => {
  const graph = build([call("Silu", ["x"], ["Silu/s"]), call("Silu", ["Silu/s"], ["y"])], [SILU]);
  expect(graph.values.map((value) => value.name)).toEqual(["x", "Silu/s#2", "Silu/s", "Silu/s#3", "y"]);
});

it("opens functions within functions", () => {
  const twice = functionOf("Twice", ["a"], ["b"], [call("Silu", ["a"], ["h"], "one"), call("Silu", ["h"], ["b"], "two")]);
  const graph = build([call("Twice", ["x"], ["y"], "t")], [twice, SILU]);
  expect(graph.nodes.map((node) => node.name)).toEqual([
    "t/one/Sigmoid",
    "t/one/Mul",
    "t/two/Sigmoid",
    "t/two/Mul",
  ]);
});

it("gives attributes of the call, or the function's defaults, to the body", () => {
  const leaky = functionOf(
    "Leaky",
    ["a"],
    ["b"],
    [nodeOf("Flatten", ["a"], ["b"], { attributes: { axis: { kind: "other", reference: "at" } } })],
    { attributeDefaults: new Map([["at", { kind: "int", value: 1 }]]) },
  );
  const by = (attributes: Record<string, number>): unknown =>
    build([nodeOf("Leaky", ["x"], ["y"], { domain: "local", attributes })], [leaky]).values.at(-1)?.fact.shape;
  expect(by({ at: 0 })).toEqual([1, 4]);
  expect(by({})).toEqual([4, 1]);
});

it("hands inputs through that are outputs too, and leaves out what the call leaves out", () => {
  const both = functionOf("Both", ["a", "b"], ["a", "c"], [nodeOf("Clip", ["a", "b"], ["c"])]);
  const graph = build([call("Both", ["x"], ["y", "z"])], [both]);
  expect(graph.nodes.map((node) => node.opType)).toEqual(["Clip", "Identity"]);
  expect(graph.nodes[0]?.inputs).toEqual([0, null]);
});

it("leaves an operator that is known to that operator", () => {
  const relu = functionOf("Relu", ["a"], ["b"], [nodeOf("Abs", ["a"], ["b"])], { domain: "" });
  expect(build([nodeOf("Relu", ["x"], ["y"])], [relu]).nodes.map((node) => node.opType)).toEqual(["Relu"]);
});

it("keeps a call whose body cannot be told from the file", () => {
  const odd = functionOf("Odd", ["a"], ["b"], [nodeOf("Relu", ["a"], ["b"], { attributes: { v: { kind: "other" } } })]);
  expect([...build([call("Odd", ["x"], ["y"])], [odd]).unsupported]).toEqual([["local:Odd", 1]]);
});

it("refuses functions that call themselves, directly or through others", () => {
  const ping = functionOf("Ping", ["a"], ["b"], [call("Pong", ["a"], ["b"])]);
  const pong = functionOf("Pong", ["a"], ["b"], [call("Ping", ["a"], ["b"])]);
  expect(() => build([call("Ping", ["x"], ["y"])], [ping, pong])).toThrow('function "Ping" calls itself');
});

it("refuses functions that unfold without end, in nodes or in depth", () => {
  const levels = Array.from({ length: 40 }, (_, at) =>
    functionOf(`F${at}`, ["a"], ["b"], [call(`F${at + 1}`, ["a"], ["h"]), call(`F${at + 1}`, ["h"], ["b"])]),
  );
  expect(() => build([call("F0", ["x"], ["y"])], levels)).toThrow("unfold to more than");
  const deep = Array.from({ length: 200 }, (_, at) => functionOf(`F${at}`, ["a"], ["b"], [call(`F${at + 1}`, ["a"], ["b"])]));
  expect(() => build([call("F0", ["x"], ["y"])], deep)).toThrow("deep");
});

describe("functions and subgraphs", () => {
  const ifNode = (whenTrue: OnnxNode, whenFalse: OnnxNode, output = "y"): OnnxNode => {
    const branch = (node: OnnxNode): OnnxAttribute => graphAttribute(graphOf({ nodes: [node], outputs: node.outputs }));
    return nodeOf("If", ["c"], [output], { attributes: { then_branch: branch(whenTrue), else_branch: branch(whenFalse) } });
  };
  const buildWith = (nodes: readonly OnnxNode[], functions: readonly OnnxFunction[]): Graph =>
    buildGraph(modelOf({ inputs: [valueOf("x", [4]), valueOf("c", [], "bool")], nodes, outputs: ["y"], functions }));

  it("opens calls within subgraphs, at the function's opsets", () => {
    const old = functionOf("Old", ["a"], ["b"], [nodeOf("Squeeze", ["a"], ["b"], { attributes: { axes: [0] } })], { opsets: new Map([["", 11]]) });
    const graph = buildGraph(
      modelOf({
        inputs: [valueOf("x", [1, 4]), valueOf("c", [], "bool")],
        nodes: [ifNode(call("Old", ["x"], ["t"]), call("Old", ["x"], ["f"]))],
        outputs: ["y"],
        functions: [old],
      }),
    );
    expect(graph.values.at(-1)?.fact.shape).toEqual([4]);
    expect(graph.unsupported.size).toBe(0);
    expect(graph.nodes[0]?.cost?.bytesRead).toBe(0);
  });

  it("opens functions whose bodies hold subgraphs, calls within them included", () => {
    const either = functionOf("Either", ["a", "c"], ["b"], [ifNode(call("Silu", ["a"], ["t"]), nodeOf("Relu", ["a"], ["f"]), "b")]);
    const graph = buildWith([call("Either", ["x", "c"], ["h"], "e1"), call("Either", ["h", "c"], ["y"], "e2")], [either, SILU]);
    expect(graph.nodes.map(({ name, kind }) => [name, kind])).toEqual([["e1/If", "control"], ["e2/If", "control"]]);
    expect(graph.values.at(-1)?.fact).toMatchObject({ dtype: "float32", shape: [4] });
    expect(graph.values.find(({ name }) => name === "x")?.consumers).toEqual([0]);
  });

  it("does not take a name within a subgraph for one of the call's tensors", () => {
    const inner = graphOf({ nodes: [nodeOf("Concat", ["a", "w"], ["x"], { attributes: { axis: 0 } })], initializers: [tensorOf("w", [3])], outputs: ["x"] });
    const attributes = { then_branch: graphAttribute(inner), else_branch: graphAttribute(inner) };
    const shadowing = functionOf("Shadowing", ["a", "c"], ["b"], [nodeOf("If", ["c"], ["b"], { attributes })]);
    expect(buildWith([call("Shadowing", ["x", "c"], ["y"])], [shadowing]).values.at(-1)?.fact.shape).toEqual([7]);
  });

  it("gives attributes of the call to nodes within subgraphs", () => {
    const at: OnnxAttribute = { kind: "other", reference: "at" };
    const flat = (output: string): OnnxNode => nodeOf("Flatten", ["a"], [output], { attributes: { axis: at } });
    const either = functionOf("Either", ["a", "c"], ["b"], [ifNode(flat("t"), flat("f"), "b")]);
    const node = nodeOf("Either", ["x", "c"], ["y"], { domain: "local", attributes: { at: 1 } });
    expect(buildWith([node], [either]).values.at(-1)?.fact.shape).toEqual([4, 1]);
  });

  it("refuses subgraphs that functions nest without end", () => {
    const levels = Array.from({ length: 99 }, (_, at) => {
      const deeper = ifNode(call(`F${at + 1}`, ["a", "c"], ["t"]), nodeOf("Relu", ["a"], ["f"]), "o");
      const twice = ifNode(ifNode(deeper, nodeOf("Relu", ["a"], ["g"]), "p"), nodeOf("Relu", ["a"], ["h"]), "b");
      return functionOf(`F${at}`, ["a", "c"], ["b"], [twice]);
    });
    expect(() => buildWith([call("F0", ["x", "c"], ["y"])], levels)).toThrow("subgraphs are nested more than 200 deep");
  });
});
