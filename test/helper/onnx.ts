import type { DataType } from "../../src/onnx/dtype.js";
import type {
  OnnxAttribute,
  OnnxFunction,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValueInfo,
  Shape,
} from "../../src/onnx/types.js";

/** Short forms of attributes: an integer, integers, a string, or an attribute written out. */
export type AttributeSpec = Readonly<Record<string, number | readonly number[] | string | OnnxAttribute>>;

export interface NodeSpec {
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: AttributeSpec;
}

export function attributesOf(spec: AttributeSpec = {}): ReadonlyMap<string, OnnxAttribute> {
  return new Map(Object.entries(spec).map(([name, value]) => [name, attributeOf(value)]));
}

function attributeOf(value: AttributeSpec[string]): OnnxAttribute {
  if (typeof value === "number") return { kind: "int", value };
  if (typeof value === "string") return { kind: "string", value };
  return "kind" in value ? value : { kind: "ints", value };
}

export function nodeOf(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  spec: NodeSpec = {},
): OnnxNode {
  const { name = "", domain = "", attributes } = spec;
  return { name, domain, opType, inputs, outputs, attributes: attributesOf(attributes) };
}

export function tensorOf(
  name: string,
  dims: readonly number[],
  values: readonly number[] | null = null,
  dtype: DataType = values === null ? "float32" : "int64",
): OnnxTensor {
  return { name, dtype, dims, values, external: false };
}

export function valueOf(name: string, shape: Shape, dtype: DataType | null = "float32"): OnnxValueInfo {
  return { name, dtype, shape };
}

export interface ModelSpec {
  readonly inputs?: readonly OnnxValueInfo[];
  readonly initializers?: readonly OnnxTensor[];
  readonly nodes: readonly OnnxNode[];
  /** Names; their types are left to inference. */
  readonly outputs?: readonly string[];
  readonly valueInfo?: readonly OnnxValueInfo[];
  readonly opset?: number;
  readonly functions?: readonly OnnxFunction[];
}

export function graphOf(spec: ModelSpec): OnnxGraph {
  const { nodes, inputs = [], initializers = [], outputs = [], valueInfo = [] } = spec;
  return { name: "g", nodes, initializers, inputs, outputs: outputs.map((name) => valueOf(name, null, null)), valueInfo };
}

export function graphAttribute(value: OnnxGraph): OnnxAttribute {
  return { kind: "graph", value };
}

export function modelOf(spec: ModelSpec): OnnxModel {
  return {
    irVersion: 8,
    producerName: "test",
    producerVersion: "1",
    opsets: new Map([["", spec.opset ?? 17]]),
    graph: graphOf(spec),
    functions: spec.functions ?? [],
    fileBytes: 0,
  };
}
