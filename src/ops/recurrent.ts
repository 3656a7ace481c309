import { intAttr, stringAttr } from "../onnx/attributes.js";
import type { Dim, OnnxNode, Shape } from "../onnx/types.js";
import { checkedAdd, checkedMul, formatShape } from "../shapes/dims.js";
import { contradiction, flag, malformed, positiveInt } from "./checks.js";
import { fact, optionalInput, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";
import { computeCost, knownElements } from "./work.js";

/**
 * Recurrent layers: g gates of hidden size H, one or two directions.
 *
 *     X [steps, N, I], W [directions, g * H, I], R [directions, g * H, H]
 *         ->    Y [steps, directions, N, H], Y_h and LSTM's Y_c [directions, N, H]
 *
 * With `layout` 1 (since opset 14) the batch comes first everywhere. Cost: steps * N * directions * g * H * (I + H)
 * MACs, and beside them some operations for each hidden element of each step, by the default activations; steps that
 * `sequence_lens` cuts off are counted.
 */
interface Cell {
  readonly type: string;
  readonly gates: number;
  /** Gates' activations and sums, and the new state, for each hidden element and step. */
  readonly flopsPerElement: number;
  readonly states: 1 | 2;
}

export interface RecurrentAttributes {
  readonly directions: 1 | 2;
  /** null: to be read from R. */
  readonly hiddenSize: number | null;
  readonly batchFirst: boolean;
}

function parseRecurrent(node: OnnxNode, opset: number): RecurrentAttributes {
  const direction = stringAttr(node, "direction", "forward");
  if (!["forward", "reverse", "bidirectional"].includes(direction)) {
    throw malformed(node, "direction", `"${direction}" is no direction`);
  }
  return {
    directions: direction === "bidirectional" ? 2 : 1,
    hiddenSize: intAttr(node, "hidden_size", 0) === 0 ? null : positiveInt(node, "hidden_size", 0),
    batchFirst: opset >= 14 && flag(node, "layout", false),
  };
}

/** The three dimensions of X or R. */
function threeDims(node: OnnxNode, name: string, shape: Shape): readonly [Dim, Dim, Dim] {
  if (shape === null) return [null, null, null];
  if (shape.length !== 3) throw contradiction(node, name, `${name} ${formatShape(shape)} should have 3 dimensions`);
  return [shape[0] ?? null, shape[1] ?? null, shape[2] ?? null];
}

function recurrent({ type, gates, flopsPerElement, states }: Cell): Operator {
  return defineOperator<RecurrentAttributes>({
    domain: "",
    type,
    since: type === "GRU" ? [1, 3, 7, 14, 22] : [1, 7, 14, 22],
    kind: "recurrent",
    parseAttributes: parseRecurrent,
    inferShapes(context) {
      const { node, attributes } = context;
      const { directions, batchFirst } = attributes;
      const x = requiredInput(context, 0, "X");
      const [first, second] = threeDims(node, "X", x.shape);
      const hidden = attributes.hiddenSize ?? threeDims(node, "R", requiredInput(context, 2, "R").shape)[2];
      const sequence = fact(x.dtype, batchFirst ? [first, second, directions, hidden] : [first, directions, second, hidden]);
      const state = fact(x.dtype, batchFirst ? [first, directions, hidden] : [directions, second, hidden]);
      return [sequence, state, state].slice(0, Math.min(1 + states, node.outputs.length));
    },
    cost(context) {
      const [first, second] = threeDims(context.node, "X", requiredInput(context, 0, "X").shape);
      const positions = knownElements([first, second]);
      const weights = knownElements(requiredInput(context, 1, "W").shape);
      const recurrences = requiredInput(context, 2, "R").shape;
      const macs = checkedMul(positions, checkedAdd(weights, knownElements(recurrences)));
      const [directions, , hidden] = threeDims(context.node, "R", recurrences);
      const elements = checkedMul(positions, knownElements([directions, hidden]));
      const bias = optionalInput(context, 3) === null ? 0 : gates;
      return computeCost(context, { macs, otherFlops: checkedMul(elements, flopsPerElement + bias) });
    },
  });
}

export const operators: readonly Operator[] = [
  // Tanh 5, the sum of two products 1
  recurrent({ type: "RNN", gates: 1, flopsPerElement: 6, states: 1 }),
  // two Sigmoid 8, Tanh 5, three sums 3, reset 1, (1 - z) * n + z * h 4
  recurrent({ type: "GRU", gates: 3, flopsPerElement: 21, states: 1 }),
  // three Sigmoid 12, Tanh 5, four sums 4, f * c + i * g 3, o * Tanh(c) 6
  recurrent({ type: "LSTM", gates: 4, flopsPerElement: 30, states: 2 }),
];
