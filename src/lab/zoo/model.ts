/** What describes a generated model, as plain JSON. */
export type ModelInfo = Readonly<Record<string, string | number | boolean | readonly number[]>>;

/**
 * A model for measuring. Its graph input is `x` (float32, or int64 token ids; batch 1), node i is named `n<i>` and so is its first
 * output (further ones `n<i>_1`, `n<i>_2`, ...). Float initializers of more than 16 elements carry no payload: they
 * are declared external (location `weights`) and whoever runs the model supplies values of the declared shape in
 * memory. Names tell their role: `n<i>.weight`, `.bias`, `.scale`, `.mean`, and `.variance`, which must be positive.
 */
export interface ZooModel {
  readonly id: string;
  readonly family: string;
  readonly onnx: Uint8Array;
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly note?: string;
  /** The drawn parameters, with `macs` (1 MAC = 2 FLOPs; convolutions, Gemm and MatMul) and `parameters`. */
  readonly info: ModelInfo;
}
