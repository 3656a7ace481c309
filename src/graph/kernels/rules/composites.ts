import type { PatternId } from "./patterns.js";
import type { FusionRule, NodePattern, OperandPattern } from "./rule.js";

/** Operators that exporters write as several nodes, as rules that engines put into their lists. */

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
