import { stringAttr } from "../onnx/attributes.js";
import type { OnnxNode, Shape } from "../onnx/types.js";
import { checkedAdd, formatShape, unifyDims } from "../shapes/dims.js";
import { assertMinimumRank, assertVector, contradiction, malformed } from "./checks.js";
import { fact, optionalInput, requiredInput } from "./facts.js";
import { defineOperator, type CostContext, type InferenceContext, type Operator } from "./operator.js";
import { computeCost, perElement } from "./work.js";

/**
 * Losses of classifiers: scores `[N, C, ...d]` and the right classes `[N, ...d]` -> a loss `[N, ...d]`, or a scalar where
 * it is summed or averaged. FLOPs for each label: negate 1, weight 1, sum 1; before that, for each score, LogSoftmax's 5.
 */

interface LossAttributes {
  /** Whether the losses become one. */
  readonly reduces: boolean;
}

function parseLoss(node: OnnxNode): LossAttributes {
  const reduction = stringAttr(node, "reduction", "mean");
  if (["none", "sum", "mean"].includes(reduction)) return { reduces: reduction !== "none" };
  throw malformed(node, "reduction", `reduction must be none, sum or mean, not "${reduction}"`);
}

/** @throws ModelError("invalid-graph") where labels or weights do not fit the scores. */
function lossShape(context: InferenceContext<LossAttributes>, labelsName: string, weightsName: string): Shape {
  const { node, attributes } = context;
  const scores = requiredInput(context, 0, "scores").shape;
  const labels = requiredInput(context, 1, labelsName).shape;
  assertMinimumRank(node, "scores", scores, 2);
  assertVector(node, weightsName, optionalInput(context, 2)?.shape ?? null, scores?.[1] ?? null);
  const each = labelled(node, labelsName, scores === null ? null : scores.filter((_, axis) => axis !== 1), labels);
  return attributes.reduces ? [] : each;
}

function labelled(node: OnnxNode, field: string, scored: Shape, labels: Shape): Shape {
  if (scored === null || labels === null) return scored ?? labels;
  if (scored.length !== labels.length) {
    throw contradiction(node, field, `${field} ${formatShape(labels)} should have the shape ${formatShape(scored)}`);
  }
  return scored.map((dim, axis) => unifyDims(dim, labels[axis] ?? null));
}

function labelFlops({ inputs, attributes }: CostContext<LossAttributes>): number {
  return perElement(inputs[1]?.shape, 1 + (inputs[2] ? 1 : 0) + (attributes.reduces ? 1 : 0));
}

const negativeLogLikelihoodLoss = defineOperator<LossAttributes>({
  domain: "",
  type: "NegativeLogLikelihoodLoss",
  since: [12, 13, 22],
  kind: "reduce",
  parseAttributes: parseLoss,
  inferShapes(context) {
    const { dtype } = requiredInput(context, 0, "input");
    return [fact(dtype, lossShape(context, "target", "weight"))];
  },
  cost: (context) => computeCost(context, { otherFlops: labelFlops(context) }),
});

const LOG_SOFTMAX = 5;

const softmaxCrossEntropyLoss = defineOperator<LossAttributes>({
  domain: "",
  type: "SoftmaxCrossEntropyLoss",
  since: [12, 13],
  kind: "softmax",
  parseAttributes: parseLoss,
  inferShapes(context) {
    const scores = requiredInput(context, 0, "scores");
    const loss = fact(scores.dtype, lossShape(context, "labels", "weights"));
    return [loss, fact(scores.dtype, scores.shape)].slice(0, context.node.outputs.length);
  },
  cost(context) {
    const probabilities = perElement(context.inputs[0]?.shape, LOG_SOFTMAX);
    return computeCost(context, { otherFlops: checkedAdd(probabilities, labelFlops(context)) });
  },
});

export const operators: readonly Operator[] = [negativeLogLikelihoodLoss, softmaxCrossEntropyLoss];
