import { floatsAttr } from "../../onnx/attributes.js";
import type { OnnxNode } from "../../onnx/types.js";
import { checkedAdd, checkedMul } from "../../shapes/dims.js";
import { positiveInt } from "../checks.js";
import { fact, requiredInput } from "../facts.js";
import { defineOperator, type Cost, type CostContext, type Operator } from "../operator.js";
import { computeCost, knownElements } from "../work.js";
import { ML } from "./domain.js";
import { classCount, labelsOf, labelType, type Labels } from "./labels.js";
import { rowsOf } from "./rows.js";

/**
 * Linear models and support vector machines. Their weights are attributes, floats that are read in every run:
 *
 *     linear    N · coefficients MACs; 1 FLOP for each sample and intercept
 *     SVM       N · elements of the support vectors MACs for the kernel's products (a linear one without vectors: its
 *               coefficients); the rest is of lower order
 */

interface Weights {
  /** Multiplied by every sample. */
  readonly products: number;
  /** Added to every sample's results. */
  readonly intercepts: number;
  /** Floats in all the attributes. */
  readonly floats: number;
}

function linearWeights(node: OnnxNode): Weights {
  const products = floatsAttr(node, "coefficients")?.length ?? 0;
  const intercepts = floatsAttr(node, "intercepts")?.length ?? 0;
  return { products, intercepts, floats: products + intercepts };
}

function vectorWeights(node: OnnxNode): Weights {
  const vectors = floatsAttr(node, "support_vectors")?.length ?? 0;
  const coefficients = floatsAttr(node, "coefficients")?.length ?? 0;
  return { products: vectors > 0 ? vectors : coefficients, intercepts: 0, floats: vectors + coefficients };
}

function weightedCost(context: CostContext<{ readonly weights: Weights }>): Cost {
  const { products, intercepts, floats } = context.attributes.weights;
  const rows = knownElements([rowsOf(context.node, context.inputs[0]?.shape ?? null)]);
  const cost = computeCost(context, {
    macs: checkedMul(rows, products),
    otherFlops: checkedMul(rows, intercepts),
  });
  return { ...cost, bytesRead: checkedAdd(cost.bytesRead, checkedMul(4, floats)) };
}

function regressor(
  type: string,
  weightsOf: (node: OnnxNode) => Weights,
  targetsOf: (node: OnnxNode) => number,
): Operator {
  return defineOperator<{ readonly weights: Weights; readonly targets: number }>({
    domain: ML,
    type,
    since: [1],
    kind: "other",
    parseAttributes: (node) => ({ weights: weightsOf(node), targets: targetsOf(node) }),
    inferShapes(context) {
      const x = requiredInput(context, 0, "X");
      return [fact("float32", [rowsOf(context.node, x.shape), context.attributes.targets])];
    },
    cost: weightedCost,
  });
}

interface ClassifierAttributes {
  readonly weights: Weights;
  readonly labels: Labels;
  /** Whether there is a score for each class; an SVM without probabilities scores pairs of classes. */
  readonly scoresClasses: boolean;
}

function classifier(
  type: string,
  weightsOf: (node: OnnxNode) => Weights,
  scoresClasses: (node: OnnxNode) => boolean,
): Operator {
  return defineOperator<ClassifierAttributes>({
    domain: ML,
    type,
    since: [1],
    kind: "other",
    parseAttributes: (node) => ({
      weights: weightsOf(node),
      labels: labelsOf(node, "classlabels_ints"),
      scoresClasses: scoresClasses(node),
    }),
    inferShapes(context) {
      const { labels, scoresClasses: complete } = context.attributes;
      const rows = rowsOf(context.node, requiredInput(context, 0, "X").shape);
      const scores = fact("float32", [rows, complete ? classCount(labels) : null]);
      return [fact(labelType(labels), [rows]), scores].slice(0, context.node.outputs.length);
    },
    cost: weightedCost,
  });
}

export const operators: readonly Operator[] = [
  regressor("LinearRegressor", linearWeights, (node) => positiveInt(node, "targets", 1)),
  regressor("SVMRegressor", vectorWeights, () => 1),
  classifier("LinearClassifier", linearWeights, () => true),
  classifier("SVMClassifier", vectorWeights, (node) => (floatsAttr(node, "prob_a")?.length ?? 0) > 0),
];
