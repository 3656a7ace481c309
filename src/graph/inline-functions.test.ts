import { expect, it } from "vitest";
import type { OnnxFunction, OnnxNode } from "../onnx/types.js";
import { modelOf, nodeOf, valueOf } from "../../test/helper/onnx.js";
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
