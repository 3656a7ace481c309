import { intAttr } from "../../onnx/attributes.js";
import { normalizeAxis } from "../../shapes/dims.js";
import { assertBroadcastsTo } from "../checks.js";
import { fact, optionalInput, requiredInput, scalarValue } from "../facts.js";
import { defineOperator, type InferenceContext, type Operator } from "../operator.js";
import { computeCost, perElement } from "../work.js";
import { MICROSOFT } from "./domains.js";

/** Fusions that begin with the addition of a bias. */

/** data + bias, dropout, + residual. Without training the dropout itself costs nothing. */
const biasDropout = defineOperator<null>({
  domain: MICROSOFT,
  type: "BiasDropout",
  since: [1],
  kind: "elementwise",
  parseAttributes: () => null,
  inferShapes(context) {
    const { dtype, shape } = requiredInput(context, 0, "data");
    assertBroadcastsTo(context.node, "bias", requiredInput(context, 1, "bias").shape, shape);
    return [fact(dtype, shape), fact("bool", shape)].slice(0, context.node.outputs.length);
  },
  cost(context) {
    const residual = optionalInput(context, 2) === null ? 0 : 1;
    // One comparison and one scaling for each element that is drawn.
    const dropping = isTraining(context) ? 2 : 0;
    return computeCost(context, { otherFlops: perElement(context.inputs[0]?.shape, 1 + residual + dropping) });
  },
});

function isTraining(context: InferenceContext<null>): boolean {
  return scalarValue(optionalInput(context, 4)) === 1;
}

/** Softmax as ai.onnx counts it, after the addition of a mask. */
const biasSoftmax = defineOperator<{ readonly axis: number }>({
  domain: MICROSOFT,
  type: "BiasSoftmax",
  since: [1],
  kind: "softmax",
  parseAttributes: (node) => ({ axis: intAttr(node, "axis", 1) }),
  inferShapes(context) {
    const { dtype, shape } = requiredInput(context, 0, "data");
    requiredInput(context, 1, "bias");
    if (shape !== null) normalizeAxis(context.attributes.axis, shape.length);
    return [fact(dtype, shape)];
  },
  cost: (context) => computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, 6) }),
});

/** X + bias + skip. */
const biasAdd = defineOperator<null>({
  domain: MICROSOFT,
  type: "BiasAdd",
  since: [1],
  kind: "elementwise",
  parseAttributes: () => null,
  inferShapes(context) {
    const { dtype, shape } = requiredInput(context, 0, "X");
    assertBroadcastsTo(context.node, "bias", requiredInput(context, 1, "bias").shape, shape);
    assertBroadcastsTo(context.node, "skip", requiredInput(context, 2, "skip").shape, shape);
    return [fact(dtype, shape)];
  },
  cost: (context) => computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, 2) }),
});

export const operators: readonly Operator[] = [biasDropout, biasSoftmax, biasAdd];
