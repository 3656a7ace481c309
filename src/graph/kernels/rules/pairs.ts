import { ACTIVATION_PATTERNS, type PatternId } from "./patterns.js";
import type { Condition, FusionRule, NodePattern } from "./rule.js";

/** Two nodes that become one kernel, and nodes that vanish, as rules that engines put into their lists. */

interface ActivationRules {
  readonly producers: readonly string[];
  readonly activations: readonly string[];
  readonly when?: readonly Condition[];
  /** The pattern's name where it does not go by the activation. */
  readonly pattern?: PatternId;
}

/** Producers that take in the activation that alone reads them, one each. In the conditions they are `kernel` and `activation`. */
export function activations({ producers, activations: ops, when = [], pattern }: ActivationRules): readonly FusionRule[] {
  return ops.map((op): FusionRule => ({
    pattern: pattern ?? ACTIVATION_PATTERNS.get(op) ?? "conv-add-activation",
    match: { op, as: "activation", inputs: [{ op: producers, as: "kernel" }] },
    when: [{ noActivation: "kernel" }, { runtimeInputs: "activation", count: 1 }, ...when],
    becomes: { main: "kernel", activation: { of: "activation" } },
  }));
}

/** Nodes that vanish whatever they read. */
export function vanish(pattern: PatternId, op: string | readonly string[], when: readonly Condition[] = []): FusionRule {
  return { pattern, match: { op, as: "node" }, when, becomes: "nothing" };
}

export const RELU6: readonly [number, number] = [0, 6];

/** Producers that take in a Clip with one of these bounds (inputs, or attributes before opset 11) and no other. */
export function clips(pattern: PatternId, producers: readonly string[], bounds: readonly (readonly [number, number])[]): readonly FusionRule[] {
  const kernel = { op: producers, as: "kernel" } as const;
  const forms = bounds.flatMap(([low, high]): readonly NodePattern[] => [
    { op: "Clip", inputs: [kernel, { constant: "low", equals: low }, { constant: "high", equals: high }] },
    { op: "Clip", inputs: [kernel], attributes: { min: { is: low }, max: { is: high } } },
  ]);
  return forms.map((match): FusionRule => ({
    pattern,
    match,
    when: [{ noActivation: "kernel" }],
    becomes: { main: "kernel", activation: { named: "Clip" }, weights: ["kernel"] },
  }));
}

/** A batch norm after a kernel whose weights it is folded into. */
export function foldedBatchNorm(pattern: PatternId, op: string): FusionRule {
  return {
    pattern,
    match: { op: "BatchNormalization", inputs: [{ op, as: "kernel" }] },
    when: [{ noActivation: "kernel" }],
    becomes: { main: "kernel" },
  };
}

/** A constant of one axis added to a product with a constant. */
export function biasedProduct(op: string, when: readonly Condition[] = [], calls?: readonly string[]): FusionRule {
  return {
    pattern: "matmul-add",
    match: { op: "Add", anyOrder: true, inputs: [{ op: "MatMul", as: "product" }, { constant: "bias" }] },
    when: [{ constants: "product", count: 1 }, { rank: "bias", is: 1 }, ...when],
    becomes: { main: "product", op, ...(calls === undefined ? {} : { calls }) },
  };
}

const SWAPPED: NodePattern = { op: "Transpose", attributes: { perm: { permutation: "swaps the last two" } } };

/** A transposition of the last two axes before a product is read in place. */
export const TRANSPOSED_PRODUCT: readonly FusionRule[] = [[SWAPPED], [{ value: "left" }, SWAPPED]].map(
  (inputs): FusionRule => ({
    pattern: "matmul-transpose",
    match: { op: "MatMul", as: "product", inputs },
    becomes: { main: "product", weights: ["product"] },
  }),
);

/** Two reshapes in a row are one. */
export const RESHAPE_RESHAPE: FusionRule = {
  pattern: "reshape-reshape",
  match: { op: "Reshape", inputs: [{ op: "Reshape", as: "first" }] },
  becomes: { main: "first" },
};

/** A pad with zeros becomes the padding of the convolution after it. */
export const PADDED_CONVOLUTION: FusionRule = {
  pattern: "pad-conv",
  match: { op: "Conv", as: "conv", inputs: [{ op: "Pad", as: "pad" }] },
  when: [{ padsZeros: "pad" }, { runtimeInputs: "pad", count: 1 }],
  becomes: { main: "conv", weights: ["conv"] },
};

/** One number per channel added to a convolution, which takes it as its bias. */
export const CONSTANT_BIAS: FusionRule = {
  pattern: "conv-add-constant",
  match: { op: "Add", anyOrder: true, inputs: [{ op: "Conv", as: "conv" }, { constant: "bias" }] },
  when: [{ noActivation: "conv" }, { perChannel: "bias", of: "conv", scalars: false }],
  becomes: { main: "conv" },
};
