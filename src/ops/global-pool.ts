import type { OnnxNode, Shape } from "../onnx/types.js";
import { checkedAdd, formatShape } from "../shapes/dims.js";
import { contradiction } from "./checks.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";
import { computeCost, knownElements, perElement } from "./work.js";

/**
 * Global pools: a window as large as the input, one number for each channel.
 *
 *     X [N, C, ...spatial]    ->    Y [N, C, 1, ...]
 *
 * Cost: no MACs; one operation for each element of X (an addition, a comparison; two for LpPool's power and addition)
 * and, where a division or a root ends it, one for each element of Y.
 */
function globalPool(type: string, since: readonly number[], perInput: number, perOutput: number): Operator {
  return defineOperator<null>({
    domain: "",
    type,
    since,
    kind: "pool",
    parseAttributes: () => null,
    inferShapes(context) {
      const x = requiredInput(context, 0, "X");
      return [fact(x.dtype, globalShape(context.node, x.shape))];
    },
    cost(context) {
      const reduced = perElement(context.inputs[0]?.shape, perInput);
      const finished = perOutput * knownElements(context.outputs[0]?.shape);
      return computeCost(context, { otherFlops: checkedAdd(reduced, finished) });
    },
  });
}

function globalShape(node: OnnxNode, x: Shape): Shape {
  if (x === null) return null;
  if (x.length < 2) throw contradiction(node, "X", `X ${formatShape(x)} has no channels`);
  return x.map((dim, axis) => (axis < 2 ? dim : 1));
}

export const operators: readonly Operator[] = [
  globalPool("GlobalAveragePool", [1, 22], 1, 1),
  globalPool("GlobalMaxPool", [1, 22], 1, 0),
  globalPool("GlobalLpPool", [1, 2, 22], 2, 1),
];
