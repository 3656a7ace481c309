import { floatAttr, stringAttr } from "../../onnx/attributes.js";
import type { OnnxNode, Shape } from "../../onnx/types.js";
import { checkedAdd } from "../../shapes/dims.js";
import { flag, malformed, typeAttr } from "../checks.js";
import { fact, requiredInput } from "../facts.js";
import * as gemm from "../gemm.js";
import { matMulMacs, matMulShape } from "../gemm.js";
import { defineOperator, type CostContext, type Operator } from "../operator.js";
import { computeCost, perElement } from "../work.js";
import { derived, elementFlops, pick } from "./derived.js";
import { MICROSOFT } from "./domains.js";
import { fusedActivationFlops } from "./fused-activation.js";
import { standard } from "./standard.js";

interface FusedMatMulAttributes {
  readonly alpha: number;
  readonly transA: boolean;
  readonly transB: boolean;
  /** The first axis moves behind the batch's, before the last two are transposed. */
  readonly transBatchA: boolean;
  readonly transBatchB: boolean;
  readonly activationFlops: number;
}

/** `activation(alpha * A' B')` with A and B transposed on the way, which moves no data of its own. */
function fusedMatMul(type: string): Operator {
  return defineOperator<FusedMatMulAttributes>({
    domain: MICROSOFT,
    type,
    since: [1],
    kind: "matmul",
    parseAttributes: (node) => ({
      alpha: floatAttr(node, "alpha", 1),
      transA: flag(node, "transA", false),
      transB: flag(node, "transB", false),
      transBatchA: flag(node, "transBatchA", false),
      transBatchB: flag(node, "transBatchB", false),
      activationFlops: type === "FusedMatMulActivation" ? fusedActivationFlops(node) : 0,
    }),
    inferShapes(context) {
      const { node, attributes } = context;
      const a = requiredInput(context, 0, "A");
      const b = requiredInput(context, 1, "B");
      const left = leftShape(attributes, a.shape);
      const right = transposed(b.shape, attributes.transB, attributes.transBatchB);
      return [fact(a.dtype ?? b.dtype, matMulShape(node, left, right))];
    },
    cost(context) {
      const { attributes, inputs, outputs } = context;
      const result = outputs[0]?.shape;
      const passes = (attributes.alpha === 1 ? 0 : 1) + attributes.activationFlops;
      return computeCost(context, {
        macs: matMulMacs(result, leftShape(attributes, inputs[0]?.shape ?? null)),
        otherFlops: perElement(result, passes),
      });
    },
  });
}

function leftShape({ transA, transBatchA }: FusedMatMulAttributes, a: Shape): Shape {
  return transposed(a, transA, transBatchA);
}

function transposed(shape: Shape, matrix: boolean, batch: boolean): Shape {
  if (shape === null || shape.length < 2) return shape;
  const [first = null, ...others] = shape;
  const moved = batch && shape.length > 2 ? [...others.slice(0, -1), first, ...others.slice(-1)] : shape;
  return matrix ? [...moved.slice(0, -2), ...moved.slice(-2).reverse()] : moved;
}

const GEMM = standard(gemm.operators, "Gemm", 13);
const MATMUL = standard(gemm.operators, "MatMul", 13);

/** Tanh approximation of Gelu, as FastGelu counts it. */
const FAST_GELU = 13;

/** FLOPs of adding a bias, where the node has one. */
export function biasFlops({ inputs, outputs }: CostContext<unknown>, place: number): number {
  return inputs[place] ? elementFlops(outputs[0], 1) : 0;
}

/** An unpacked product, `A [..., K] x W [K, N]`, that a bias and an activation follow. */
const gemmFastGelu = derived({
  domain: MICROSOFT,
  type: "GemmFastGelu",
  base: MATMUL,
  operands: pick(0, 1),
  extraFlops: (context) => checkedAdd(biasFlops(context, 2), elementFlops(context.outputs[0], FAST_GELU)),
});

/** FLOPs an element of what GemmFloat8's `activation` names. */
const FLOAT8_ACTIVATIONS: ReadonlyMap<string, number> = new Map([["NONE", 0], ["RELU", 1], ["GELU", 5]]);

/** A product of float8, or of wider floats that it narrows; the result is as wide as `dtype` says. */
const gemmFloat8 = derived({
  domain: MICROSOFT,
  type: "GemmFloat8",
  base: GEMM,
  operands: pick(0, 1, 2),
  resultType: ({ node }) => typeAttr(node, "dtype") ?? "float32",
  extraFlops: ({ node, outputs }) => elementFlops(outputs[0], float8Activation(node)),
});

function float8Activation(node: OnnxNode): number {
  const name = stringAttr(node, "activation", "NONE");
  const flops = FLOAT8_ACTIVATIONS.get(name);
  if (flops !== undefined) return flops;
  throw malformed(node, "activation", `activation must be NONE, RELU or GELU, not "${name}"`);
}

export const operators: readonly Operator[] = [
  gemmFloat8,
  fusedMatMul("FusedMatMul"),
  fusedMatMul("FusedMatMulActivation"),
  fusedMatMul("TransposeMatMul"),
  gemmFastGelu,
  derived({ domain: MICROSOFT, type: "FusedGemm", base: GEMM, activation: true }),
];
