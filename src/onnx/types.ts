import type { DataType } from "./dtype.js";

/** A dimension: a non-negative integer, a symbol's name, or null where unknown. */
export type Dim = number | string | null;
/** null: even the rank is unknown. */
export type Shape = readonly Dim[] | null;

export interface OnnxTensor {
  readonly name: string;
  readonly dtype: DataType;
  readonly dims: readonly number[];
  /**
   * The elements, flattened, when the tensor is small enough to matter for shapes (int64 values beyond the safe
   * range saturate at ±Number.MAX_SAFE_INTEGER); null when they were skipped as they streamed by or lie outside
   * the file.
   */
  readonly values: readonly number[] | null;
  /** True when the payload lies in another file, which is never opened. */
  readonly external: boolean;
}

/** A type; of a tensor unless `container` says otherwise. */
export interface OnnxType {
  /** null: not a (dense) tensor, or the type is absent. */
  readonly dtype: DataType | null;
  readonly shape: Shape;
  /** Absent for tensors, maps and sparse tensors. */
  readonly container?: { readonly kind: "sequence" | "optional"; readonly element: OnnxType };
}

export interface OnnxValueInfo extends OnnxType {
  readonly name: string;
}

export type OnnxAttribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "tensor"; readonly value: OnnxTensor }
  | { readonly kind: "graph"; readonly value: OnnxGraph }
  /**
   * Any other type, or bytes that are no text. `reference` names the attribute of the enclosing function that this one
   * takes its value from.
   */
  | { readonly kind: "other"; readonly reference?: string };

export interface OnnxNode {
  readonly name: string;
  /** "" is ai.onnx. */
  readonly domain: string;
  readonly opType: string;
  /** An empty string marks an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
  /**
   * Operator sets of a node in a subgraph that came out of a function, which brings its own; absent: those of what is
   * around the node.
   */
  readonly opsets?: ReadonlyMap<string, number>;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly valueInfo: readonly OnnxValueInfo[];
}

export interface OnnxFunction {
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributeNames: readonly string[];
  /** Attributes that a call may leave out, with the values they then have. */
  readonly attributeDefaults?: ReadonlyMap<string, OnnxAttribute>;
  readonly nodes: readonly OnnxNode[];
  readonly opsets: ReadonlyMap<string, number>;
}

export interface OnnxModel {
  readonly irVersion: number;
  readonly producerName: string;
  readonly producerVersion: string;
  /** Domain ("" for ai.onnx) to version. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: OnnxGraph;
  readonly functions: readonly OnnxFunction[];
  /** Size of the file in bytes, weights included. */
  readonly fileBytes: number;
}
