import { hasAttr } from "../../onnx/attributes.js";
import { positiveInt } from "../checks.js";
import { copyCost, fact, requiredInput } from "../facts.js";
import { defineOperator, type Operator } from "../operator.js";
import { ML } from "./domain.js";
import { classCount, labelsOf, labelType, type Labels } from "./labels.js";
import { rowsOf } from "./rows.js";

/**
 * Ensembles of decision trees. How deep a sample descends depends on the data, so the cost is that of the bytes in and
 * out alone.
 */

const classifier = defineOperator<Labels>({
  domain: ML,
  type: "TreeEnsembleClassifier",
  since: [1, 3, 5],
  kind: "other",
  parseAttributes: (node) => labelsOf(node, "classlabels_int64s"),
  inferShapes(context) {
    const rows = rowsOf(context.node, requiredInput(context, 0, "X").shape);
    const labels = fact(labelType(context.attributes), [rows]);
    const scores = fact("float32", [rows, classCount(context.attributes)]);
    return [labels, scores].slice(0, context.node.outputs.length);
  },
  cost: copyCost,
});

const regressor = defineOperator<{ readonly targets: number }>({
  domain: ML,
  type: "TreeEnsembleRegressor",
  since: [1, 3, 5],
  kind: "other",
  parseAttributes: (node) => ({ targets: positiveInt(node, "n_targets", 1) }),
  inferShapes(context) {
    const rows = rowsOf(context.node, requiredInput(context, 0, "X").shape);
    return [fact("float32", [rows, context.attributes.targets])];
  },
  cost: copyCost,
});

/** The general ensemble keeps the type of its input; how many targets it has may be left out. */
const ensemble = defineOperator<{ readonly targets: number | null }>({
  domain: ML,
  type: "TreeEnsemble",
  since: [5],
  kind: "other",
  parseAttributes: (node) => ({ targets: hasAttr(node, "n_targets") ? positiveInt(node, "n_targets", 1) : null }),
  inferShapes(context) {
    const { dtype, shape } = requiredInput(context, 0, "X");
    return [fact(dtype, [rowsOf(context.node, shape), context.attributes.targets])];
  },
  cost: copyCost,
});

export const operators: readonly Operator[] = [classifier, regressor, ensemble];
