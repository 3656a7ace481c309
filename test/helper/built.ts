import { buildGraph } from "../../src/graph/build.js";
import type { Graph, GraphNode } from "../../src/graph/types.js";
import type { DataType } from "../../src/onnx/dtype.js";
import type { OnnxValueInfo, Shape } from "../../src/onnx/types.js";
import type { ValueFact } from "../../src/ops/operator.js";
import { modelOf, type ModelSpec } from "./onnx.js";

/** A model as the graph makes it, for operators that need a graph around them. */
export interface Built {
  readonly graph: Graph;
  /** What is known of a tensor. */
  fact(name: string): ValueFact;
  /** The one node of an operator. */
  node(opType: string): GraphNode;
}

export function built(spec: ModelSpec): Built {
  const graph = buildGraph(modelOf({ opset: 21, ...spec }));
  return {
    graph,
    fact: (name) => found(graph.values.find((value) => value.name === name), name).fact,
    node: (opType) => found(graph.nodes.find((node) => node.opType === opType), opType),
  };
}

function found<T>(thing: T | undefined, name: string): T {
  if (thing === undefined) throw new Error(`the graph has no ${name}`);
  return thing;
}

/** A graph input that is a sequence of such tensors. */
export function sequenceValue(name: string, shape: Shape, dtype: DataType = "float32"): OnnxValueInfo {
  return { name, dtype: null, shape: null, container: { kind: "sequence", element: { dtype, shape } } };
}

/** A graph input that is an optional tensor. */
export function optionalValue(name: string, shape: Shape, dtype: DataType = "float32"): OnnxValueInfo {
  return { name, dtype: null, shape: null, container: { kind: "optional", element: { dtype, shape } } };
}
