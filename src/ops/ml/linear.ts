import { floatsAttr } from "../../onnx/attributes.js";
import type { OnnxNode } from "../../onnx/types.js";
import { checkedAdd, checkedMul } from "../../shapes/dims.js";
import { positiveInt } from "../checks.js";
import { fact, requiredInput } from "../facts.js";
import { defineOperator, type Cost, type CostContext, type Operator } from "../operator.js";
import { computeCost, knownElements } from "../work.js";
import { ML } from "./domain.js";
import { labelsOf, labelType, type Labels } from "./labels.js";
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
  /** Columns of the scores; null where the labels do not tell. */
  readonly scores: number | null;
}

function classifier(
  type: string,
  weightsOf: (node: OnnxNode) => Weights,
  scoresOf: (node: OnnxNode, classes: number) => number,
): Operator {
  return defineOperator<ClassifierAttributes>({
    domain: ML,
    type,
    since: [1],
    kind: "other",
    parseAttributes(node) {
      const labels = labelsOf(node, "classlabels_ints");
      // Fewer than two labels leave the columns to the engine.
      const scores = labels.count < 2 ? null : scoresOf(node, labels.count);
      return { weights: weightsOf(node), labels, scores };
    },
    inferShapes(context) {
      const { labels, scores } = context.attributes;
      const rows = rowsOf(context.node, requiredInput(context, 0, "X").shape);
      return [fact(labelType(labels), [rows]), fact("float32", [rows, scores])].slice(0, context.node.outputs.length);
    },
    cost: weightedCost,
  });
}

/**
 * A support vector machine scores classes where it has probabilities or a plane for each class (no vectors), else every
 * pair of classes; the one pair of two classes has a score for each side (ONNX Runtime 1.32's outputs).
 */
function vectorScores(node: OnnxNode, classes: number): number {
  const probable = (floatsAttr(node, "prob_a")?.length ?? 0) > 0;
  const vectors = floatsAttr(node, "support_vectors")?.length ?? 0;
  return probable || vectors === 0 || classes < 3 ? classes : checkedMul(classes, classes - 1) / 2;
}

export const operators: readonly Operator[] = [
  regressor("LinearRegressor", linearWeights, (node) => positiveInt(node, "targets", 1)),
  regressor("SVMRegressor", vectorWeights, () => 1),
  classifier("LinearClassifier", linearWeights, (_, classes) => classes),
  classifier("SVMClassifier", vectorWeights, vectorScores),
];
