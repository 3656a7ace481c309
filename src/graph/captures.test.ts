import { expect, it } from "vitest";
import type { OnnxGraph, OnnxNode } from "../onnx/types.js";
import { graphAttribute, graphOf, modelOf, nodeOf, tensorOf, valueOf } from "../../test/helper/onnx.js";
import { buildGraph } from "./build.js";
import { capturedNames } from "./captures.js";

function ifNode(branch: OnnxGraph, output = "y"): OnnxNode {
  const attributes = { then_branch: graphAttribute(branch), else_branch: graphAttribute(branch) };
  return nodeOf("If", ["c"], [output], { attributes });
}

it("finds what a subgraph takes from around it, at any depth, and not what it defines", () => {
  const inner = graphOf({ nodes: [nodeOf("Add", ["outer", "local"], ["z"])], outputs: ["z"] });
  const outer = graphOf({
    inputs: [valueOf("formal", [1])],
    initializers: [tensorOf("weight", [1])],
    nodes: [nodeOf("Add", ["formal", "weight"], ["local"]), ifNode(inner, "y2"), nodeOf("Relu", ["other"], ["o"])],
    outputs: ["y2"],
  });
  expect([...capturedNames(ifNode(outer))]).toEqual(["c", "outer", "other"]);
});

it("counts the node as a reader of what its subgraphs take", () => {
  const branch = graphOf({ nodes: [nodeOf("Relu", ["a"], ["r"])], outputs: ["r"] });
  const graph = buildGraph(
    modelOf({
      inputs: [valueOf("x", [4]), valueOf("c", [], "bool")],
      nodes: [ifNode(branch), nodeOf("Relu", ["x"], ["a"])],
      outputs: ["y"],
    }),
  );
  expect(graph.nodes.map((node) => node.opType)).toEqual(["Relu", "If"]);
  expect(graph.values.find((value) => value.name === "a")?.consumers).toEqual([1]);
  expect(graph.values.at(-1)?.fact.shape).toEqual([4]);
});

it("refuses a subgraph that takes what nothing produces", () => {
  const branch = graphOf({ nodes: [nodeOf("Relu", ["gone"], ["r"])], outputs: ["r"] });
  const model = modelOf({ inputs: [valueOf("c", [], "bool")], nodes: [ifNode(branch)], outputs: ["y"] });
  expect(() => buildGraph(model)).toThrow('nothing produces "gone"');
});

it("follows 200 levels of subgraphs and refuses 1,000", () => {
  const otherwise = graphAttribute(graphOf({ nodes: [nodeOf("Abs", ["x"], ["a"])], outputs: ["a"] }));
  const nested = (depth: number): OnnxNode => {
    let node = nodeOf("Relu", ["x"], ["r"]);
    for (let level = 0; level < depth; level++) {
      const inner = graphAttribute(graphOf({ nodes: [node], outputs: node.outputs }));
      node = nodeOf("If", ["c"], ["y"], { attributes: { then_branch: inner, else_branch: otherwise } });
    }
    return node;
  };
  const model = (depth: number): ReturnType<typeof modelOf> =>
    modelOf({ inputs: [valueOf("x", [4]), valueOf("c", [], "bool")], nodes: [nested(depth)], outputs: ["y"] });
  expect(buildGraph(model(200)).values.at(-1)?.fact).toMatchObject({ dtype: "float32", shape: [4] });
  expect(() => buildGraph(model(1000))).toThrow(expect.objectContaining({ code: "limit-exceeded" }));
});

it("refuses many tensors that many nested graphs take from around them, and follows them through a few", () => {
  const count = 20_000;
  const read = graphOf({ nodes: [nodeOf("Sum", Array.from({ length: count }, (_, i) => `w${i}`), ["s"])], outputs: ["s"] });
  const model = (depth: number): ReturnType<typeof modelOf> => {
    let node = ifNode(read);
    for (let level = 1; level < depth; level++) node = ifNode(graphOf({ nodes: [node], outputs: ["y"] }));
    const initializers = Array.from({ length: count }, (_, i) => tensorOf(`w${i}`, [4]));
    return modelOf({ inputs: [valueOf("c", [], "bool")], initializers, nodes: [node], outputs: ["y"] });
  };
  expect(buildGraph(model(2)).values.at(-1)?.fact.shape).toEqual([4]);
  expect(() => buildGraph(model(3))).toThrow("subgraphs take more than 200000 tensors from around them");
});
