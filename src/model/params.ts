import type { Tensor, Variable } from "@tensorflow/tfjs-core";

import type { Tf } from "./backend.js";

/** A dense float32 array, row-major. */
export interface ParamTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Trained or initial weights by name, free of any backend: what an artifact stores. */
export type ParamSet = ReadonlyMap<string, ParamTensor>;
/** The same weights as tensors of the current backend: what the forward functions read. */
export type TensorSet = ReadonlyMap<string, Tensor>;
/** The same weights as variables: what training updates. */
export type VariableSet = ReadonlyMap<string, Variable>;

/** Number of elements of a shape; 1 for a scalar. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** Several sets as one. @throws Error when a name occurs twice. */
export function mergeParams(...sets: readonly ParamSet[]): ParamSet {
  const merged = new Map<string, ParamTensor>();
  for (const [name, tensor] of sets.flatMap((set) => [...set])) {
    if (merged.has(name)) throw new Error(`Two parameters are named "${name}".`);
    merged.set(name, tensor);
  }
  return merged;
}

/** Variables on the current backend; the caller disposes of them. */
export function toVariables(tf: Tf, params: ParamSet): VariableSet {
  return new Map(
    [...params].map(([name, { shape, data }]) => {
      const initial = tf.tensor(data, [...shape], "float32");
      const variable = tf.variable(initial);
      initial.dispose();
      return [name, variable];
    }),
  );
}

/** A copy of the variables' present values. */
export function toParams(variables: TensorSet): ParamSet {
  return new Map(
    [...variables].map(([name, tensor]) => [
      name,
      { shape: [...tensor.shape], data: Float32Array.from(tensor.dataSync()) },
    ]),
  );
}

/** Frees what the tensors or variables hold on the backend. */
export function disposeAll(tensors: TensorSet): void {
  for (const tensor of tensors.values()) tensor.dispose();
}

/** A dense layer's weight [inputWidth, outputWidth] and bias [outputWidth]. */
export interface Layer<T> {
  readonly weight: T;
  readonly bias: T;
}

/**
 * The layers `prefix.0.weight`, `prefix.0.bias`, `prefix.1.weight`, ... in order.
 *
 * @throws Error when there is none, or one lacks its bias.
 */
export function layersOf<T>(params: ReadonlyMap<string, T>, prefix: string): readonly Layer<T>[] {
  const layers: Layer<T>[] = [];
  for (;;) {
    const name = `${prefix}.${layers.length}`;
    const weight = params.get(`${name}.weight`);
    const bias = params.get(`${name}.bias`);
    if (weight === undefined) break;
    if (bias === undefined) throw new Error(`Layer "${name}" has no bias.`);
    layers.push({ weight, bias });
  }
  if (layers.length === 0) throw new Error(`There are no layers "${prefix}.0", "${prefix}.1", ...`);
  return layers;
}
