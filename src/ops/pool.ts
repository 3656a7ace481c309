import type { OnnxNode, Shape } from "../onnx/types.js";
import { checkedMul, checkedProduct, formatShape } from "../shapes/dims.js";
import { contradiction, flag, malformed } from "./checks.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator } from "./operator.js";
import { outputExtent, parseWindowAttributes, windowAxes, type WindowAttributes } from "./window.js";
import { computeCost, perElement } from "./work.js";

/**
 * Pools: a window slides over each channel by itself and keeps one number of what it sees.
 *
 *     X [N, C, ...spatial]    ->    Y [N, C, ...positions]    (MaxPool: and the winners' indices, of the same shape)
 *
 * Cost: no MACs. Each output looks at `prod(kernel)` elements: as many comparisons (MaxPool), additions and one
 * division (AveragePool), powers and additions and one root (LpPool).
 */

export interface PoolAttributes extends WindowAttributes {
  readonly kernelShape: readonly number[];
  readonly ceilMode: boolean;
}

export interface AveragePoolAttributes extends PoolAttributes {
  /** Whether padding counts in the divisor; it changes the numbers, not the shape or the count. */
  readonly countIncludePad: boolean;
}

function parsePoolAttributes(node: OnnxNode): PoolAttributes {
  const window = parseWindowAttributes(node);
  const { kernelShape } = window;
  if (kernelShape === null) throw malformed(node, "kernel_shape", "kernel_shape is missing");
  return { ...window, kernelShape, ceilMode: flag(node, "ceil_mode", false) };
}

function poolShape(context: InferenceContext<PoolAttributes>, x: Shape): Shape {
  const { node, attributes } = context;
  const { kernelShape, ceilMode } = attributes;
  if (x !== null && x.length !== kernelShape.length + 2) {
    throw contradiction(
      node,
      "kernel_shape",
      `kernel_shape has ${kernelShape.length} elements, which does not fit X ${formatShape(x)}`,
    );
  }
  const positions = windowAxes(node, attributes, kernelShape).map((axis, i) =>
    outputExtent(node, x?.[i + 2] ?? null, axis, ceilMode),
  );
  return [x?.[0] ?? null, x?.[1] ?? null, ...positions];
}

function pool(
  type: string,
  since: readonly number[],
  parseAttributes: (node: OnnxNode) => PoolAttributes,
  /** FLOPs of one output, from the number of elements that its window holds. */
  flopsPerOutput: (taps: number) => number,
): Operator {
  return defineOperator<PoolAttributes>({
    domain: "",
    type,
    since,
    kind: "pool",
    parseAttributes,
    inferShapes(context) {
      const x = requiredInput(context, 0, "X");
      const shape = poolShape(context, x.shape);
      const facts = [fact(x.dtype, shape), fact("int64", shape)];
      // The second output, which only MaxPool has, is optional.
      return facts.slice(0, context.node.outputs.length);
    },
    cost(context) {
      const taps = checkedProduct(context.attributes.kernelShape);
      return computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, flopsPerOutput(taps)) });
    },
  });
}

const maxPool = pool("MaxPool", [1, 8, 10, 11, 12, 22], parsePoolAttributes, (taps) => taps);

const averagePool = pool(
  "AveragePool",
  [1, 7, 10, 11, 19, 22],
  (node): AveragePoolAttributes => ({
    ...parsePoolAttributes(node),
    countIncludePad: flag(node, "count_include_pad", false),
  }),
  (taps) => taps + 1,
);

const lpPool = pool("LpPool", [1, 2, 11, 18, 22], parsePoolAttributes, (taps) => checkedMul(2, taps) + 1);

export const operators: readonly Operator[] = [maxPool, averagePool, lpPool];
