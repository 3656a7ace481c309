import { floatAttr } from "../onnx/attributes.js";
import type { Dim, OnnxNode, Shape } from "../onnx/types.js";
import { broadcastShapes } from "../shapes/broadcast.js";
import { checkedMul, formatShape } from "../shapes/dims.js";
import { assertBroadcastsTo, assertSameDim, contradiction, flag } from "./checks.js";
import { fact, optionalInput, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";
import { computeCost, knownElements, perElement } from "./work.js";

/**
 * Matrix products. Every element of the result is a dot product over the inner dimension K:
 *
 *     MACs = elements of the result * K
 */

export interface GemmAttributes {
  readonly transA: boolean;
  readonly transB: boolean;
  readonly alpha: number;
  readonly beta: number;
}

/** `Y = alpha * A' * B' + beta * C`: A' is [M, K], B' is [K, N], and C, which is optional, broadcasts to [M, N]. */
const gemm = defineOperator<GemmAttributes>({
  domain: "",
  type: "Gemm",
  since: [1, 6, 7, 9, 11, 13],
  kind: "matmul",
  parseAttributes: (node) => ({
    transA: flag(node, "transA", false),
    transB: flag(node, "transB", false),
    alpha: floatAttr(node, "alpha", 1),
    beta: floatAttr(node, "beta", 1),
  }),
  inferShapes(context) {
    const { node, attributes } = context;
    const a = requiredInput(context, 0, "A");
    const b = requiredInput(context, 1, "B");
    const [m, kOfA] = matrixDims(node, "A", a.shape, attributes.transA);
    const [kOfB, n] = matrixDims(node, "B", b.shape, attributes.transB);
    assertSameDim(node, "B", kOfA, kOfB, "inner dimensions of A and B");
    const shape = [m, n];
    assertBroadcastsTo(node, "C", optionalInput(context, 2)?.shape ?? null, shape);
    return [fact(a.dtype ?? b.dtype, shape)];
  },
  cost(context) {
    const { transA, alpha, beta } = context.attributes;
    const result = context.outputs[0]?.shape;
    const inner = context.inputs[0]?.shape?.[transA ? 0 : 1] ?? null;
    const hasC = optionalInput(context, 2) !== null && beta !== 0;
    const passes = (alpha === 1 ? 0 : 1) + (hasC ? 1 : 0) + (hasC && beta !== 1 ? 1 : 0);
    return computeCost(context, {
      macs: checkedMul(knownElements(result), knownElements([inner])),
      otherFlops: perElement(result, passes),
    });
  },
});

/** Rows and columns after the transposition. */
function matrixDims(node: OnnxNode, field: string, shape: Shape, transposed: boolean): readonly [Dim, Dim] {
  if (shape === null) return [null, null];
  if (shape.length !== 2) throw contradiction(node, field, `${field} ${formatShape(shape)} should be a matrix`);
  const [rows = null, columns = null] = shape;
  return transposed ? [columns, rows] : [rows, columns];
}

/**
 * Shape of `numpy.matmul(a, b)`: the last two axes are matrices, those before them broadcast; a vector on the left is
 * a row, on the right a column, and its axis is dropped from the result.
 * @throws ModelError("invalid-graph") for a scalar, inner dimensions that differ, or batches that do not broadcast.
 */
export function matMulShape(node: OnnxNode, a: Shape, b: Shape): Shape {
  for (const [field, shape] of [["A", a], ["B", b]] as const) {
    if (shape?.length === 0) throw contradiction(node, field, `${field} is a scalar`);
  }
  if (a === null || b === null) return null;
  assertSameDim(node, "B", a.at(-1) ?? null, b.at(b.length === 1 ? -1 : -2) ?? null, "inner dimensions of A and B");
  const batch = broadcastShapes(a.slice(0, -2), b.slice(0, -2));
  if (batch === null) return null;
  return [
    ...batch,
    ...(a.length === 1 ? [] : [a.at(-2) ?? null]),
    ...(b.length === 1 ? [] : [b.at(-1) ?? null]),
  ];
}

/** MACs of a matrix product: elements of its result times the inner dimension, which is A's last. */
export function matMulMacs(result: Shape | undefined, a: Shape | undefined): number {
  return checkedMul(knownElements(result), knownElements([a?.at(-1) ?? null]));
}

const matMul = defineOperator<null>({
  domain: "",
  type: "MatMul",
  since: [1, 9, 13],
  kind: "matmul",
  parseAttributes: () => null,
  inferShapes(context) {
    const a = requiredInput(context, 0, "A");
    const b = requiredInput(context, 1, "B");
    return [fact(a.dtype ?? b.dtype, matMulShape(context.node, a.shape, b.shape))];
  },
  cost: (context) =>
    computeCost(context, { macs: matMulMacs(context.outputs[0]?.shape, context.inputs[0]?.shape) }),
});

/** 8-bit integers in, 32-bit sums out. The zero points' corrections are of lower order and not counted. */
const matMulInteger = defineOperator<null>({
  domain: "",
  type: "MatMulInteger",
  since: [10],
  kind: "matmul",
  parseAttributes: () => null,
  inferShapes(context) {
    const a = requiredInput(context, 0, "A");
    const b = requiredInput(context, 1, "B");
    return [fact("int32", matMulShape(context.node, a.shape, b.shape))];
  },
  cost: (context) =>
    computeCost(context, { macs: matMulMacs(context.outputs[0]?.shape, context.inputs[0]?.shape) }),
});

export const operators: readonly Operator[] = [gemm, matMul, matMulInteger];
