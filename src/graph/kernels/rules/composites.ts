import { ACTIVATION_PATTERNS, type PatternId } from "./patterns.js";
import type { Condition, FusionRule, NodePattern, OperandPattern } from "./rule.js";

/** Patterns that several engines know, as data to put into their lists. */

const X: OperandPattern = { value: "x" };
const SQRT_2 = 2 ** 0.5;

/** erf(x / sqrt(2)) + 1 */
const erfPlusOne = (x: OperandPattern): NodePattern => ({
  op: "Add",
  anyOrder: true,
  inputs: [{ op: "Erf", inputs: [x] }, { constant: "one", equals: 1 }],
});
const OVER_ROOT: NodePattern = { op: "Div", inputs: [X, { constant: "root", equals: SQRT_2 }] };
const TIMES_ROOT: NodePattern = { op: "Mul", anyOrder: true, inputs: [X, { constant: "root", equals: 1 / SQRT_2 }] };
const HALF: OperandPattern = { constant: "half", equals: 0.5 };

const product = (a: OperandPattern, b: OperandPattern, as?: string): NodePattern => ({
  op: "Mul",
  anyOrder: true,
  inputs: [a, b],
  ...(as === undefined ? {} : { as }),
});

/** How an exporter wrote a GELU: what x is multiplied with, and where the half stands. */
export interface GeluForms {
  readonly scaledBy?: readonly ("Div" | "Mul")[];
  readonly half: readonly ("last" | "with x" | "with the factor")[];
}

/** x * (1 + f(x)) / 2, the half in the given places; one kernel of operator `op`. */
function halved(pattern: PatternId, factor: NodePattern, op: string, { half }: GeluForms): readonly FusionRule[] {
  const forms = {
    "last": product(product(X, factor), HALF, "last"),
    "with x": product(product(X, HALF), factor, "last"),
    "with the factor": product(X, product(factor, HALF), "last"),
  };
  return half.map((place) => ({ pattern, match: forms[place], becomes: { main: "last", op, weights: [] } }));
}

/** x * (1 + erf(x / sqrt 2)) / 2; one kernel of operator `op`. */
export function geluByErf(op: string, forms: GeluForms): readonly FusionRule[] {
  const { scaledBy = ["Div"] } = forms;
  return scaledBy.flatMap((scale) => halved("gelu-erf", erfPlusOne(scale === "Div" ? OVER_ROOT : TIMES_ROOT), op, forms));
}

/** x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2, the cube a power. */
export function geluByTanh(op: string, forms: GeluForms): readonly FusionRule[] {
  const cube: NodePattern = { op: "Pow", inputs: [X, { constant: "three", equals: 3 }] };
  const inner: NodePattern = { op: "Add", anyOrder: true, inputs: [X, product(cube, { constant: "cubic", equals: 0.044715 })] };
  const tanh: NodePattern = { op: "Tanh", inputs: [product(inner, { constant: "root", equals: (2 / Math.PI) ** 0.5 })] };
  return halved("gelu-tanh", { op: "Add", anyOrder: true, inputs: [tanh, { constant: "one", equals: 1 }] }, op, forms);
}

/** (x - mean) / sqrt(variance + epsilon) * scale + bias, over the last axis. */
export function layerNorm(op: string): FusionRule {
  const difference: NodePattern = { op: "Sub", as: "difference", readers: 2, inputs: [X, { op: "ReduceMean", as: "mean", inputs: [X] }] };
  const again: OperandPattern = { value: "difference" };
  const variance: NodePattern = {
    op: "ReduceMean",
    as: "variance",
    inputs: [{ op: "Pow", inputs: [again, { constant: "two", equals: 2 }] }],
  };
  const deviation: NodePattern = {
    op: "Sqrt",
    inputs: [{ op: "Add", anyOrder: true, inputs: [variance, { constant: "epsilon", scalar: true }] }],
  };
  const normal: NodePattern = { op: "Div", inputs: [difference, deviation] };
  return {
    pattern: "layer-norm",
    match: {
      op: "Add",
      as: "last",
      anyOrder: true,
      inputs: [product(normal, { constant: "scale" }), { constant: "bias" }],
    },
    when: [{ overLastAxis: "mean" }, { overLastAxis: "variance" }],
    becomes: { main: "last", op, weights: ["scale", "bias"] },
  };
}

/** x / sqrt(mean(x^2) + epsilon) * scale, over the last axis; the division may be a product with 1 / root or Reciprocal. */
export function rmsNorm(op: string, forms: readonly ("Div" | "1 / root" | "Reciprocal")[]): readonly FusionRule[] {
  const squares: NodePattern = {
    op: "ReduceMean",
    as: "mean",
    inputs: [{ op: "Pow", inputs: [X, { constant: "two", equals: 2 }] }],
  };
  const root: NodePattern = {
    op: "Sqrt",
    inputs: [{ op: "Add", anyOrder: true, inputs: [squares, { constant: "epsilon", scalar: true }] }],
  };
  const normals: Readonly<Record<(typeof forms)[number], NodePattern>> = {
    "Div": { op: "Div", inputs: [X, root] },
    "1 / root": product(X, { op: "Div", inputs: [{ constant: "one", equals: 1 }, root] }),
    "Reciprocal": product(X, { op: "Reciprocal", inputs: [root] }),
  };
  return forms.map((form): FusionRule => ({
    pattern: "rms-norm",
    match: product(normals[form], { constant: "scale" }, "last"),
    when: [{ overLastAxis: "mean" }],
    becomes: { main: "last", op, weights: ["scale"] },
  }));
}

/** x * gate(x) as one kernel. */
export function gate(pattern: PatternId, gateOp: string, op: string, calls?: readonly string[]): FusionRule {
  return {
    pattern,
    match: product({ op: gateOp, as: "gate", inputs: [X] }, X),
    becomes: { main: "gate", op, weights: ["gate"], ...(calls === undefined ? {} : { calls }) },
  };
}

/** x * clip(x + 3, 0, 6) / 6, the division after the product or of the ramp alone; bounds as inputs or, before opset 11, attributes. */
export function hardSwish(op: string, forms: readonly ("Div last" | "ramp / 6")[]): readonly FusionRule[] {
  const shifted: NodePattern = { op: "Add", anyOrder: true, inputs: [X, { constant: "three", equals: 3 }] };
  const ramps: readonly NodePattern[] = [
    { op: "Clip", inputs: [shifted, { constant: "low", equals: 0 }, { constant: "high", equals: 6 }] },
    { op: "Clip", inputs: [shifted], attributes: { min: { is: 0 }, max: { is: 6 } } },
  ];
  const sixth = (x: OperandPattern, as?: string): NodePattern => ({
    op: "Div",
    inputs: [x, { constant: "six", equals: 6 }],
    ...(as === undefined ? {} : { as }),
  });
  return ramps.flatMap((ramp) => {
    const patterns = { "Div last": sixth(product(X, ramp), "last"), "ramp / 6": product(X, sixth(ramp), "last") };
    return forms.map((form): FusionRule => ({
      pattern: "hard-swish",
      match: patterns[form],
      becomes: { main: "last", op, weights: [] },
    }));
  });
}

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

/** Channels are parted into groups, groups and their members swapped, and all joined again. */
export function channelShuffle(op: string): FusionRule {
  const perm = { permutation: "swaps the groups" } as const;
  return {
    pattern: "channel-shuffle",
    match: { op: "Reshape", as: "last", inputs: [{ op: "Transpose", attributes: { perm }, inputs: [{ op: "Reshape", as: "first" }] }] },
    when: [{ keepsShapeFrom: "first", to: "last" }],
    becomes: { main: "last", op, weights: [] },
  };
}
