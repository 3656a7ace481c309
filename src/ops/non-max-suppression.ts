import { checkedAdd, checkedProduct } from "../shapes/dims.js";
import { assertSameDim } from "./checks.js";
import { assertRank } from "./contrib/dimensions.js";
import { fact, optionalInput, requiredInput, scalarValue } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator } from "./operator.js";
import { computeCost, knownElements, levelsOf, perElement } from "./work.js";

/** FLOPs of the overlap of two boxes: four edges, two sides, area, union (2), quotient, comparison. */
const OVERLAP = 10;

/**
 * NonMaxSuppression: boxes `[B, N, 4]` and scores `[B, C, N]` -> (batch, class, box) of those that are kept, `[K, 3]`. How
 * many depends on the data, unless none may be kept. FLOPs, where K is known: sorting the scores, 1 + ceil(log2 N) each,
 * and the overlap of each box that is kept with all.
 */
const nonMaxSuppression = defineOperator<null>({
  domain: "",
  type: "NonMaxSuppression",
  since: [10, 11],
  kind: "other",
  parseAttributes: () => null,
  inferShapes(context) {
    const { node } = context;
    const boxes = requiredInput(context, 0, "boxes").shape;
    const scores = requiredInput(context, 1, "scores").shape;
    assertRank(node, "boxes", boxes, 3);
    assertRank(node, "scores", scores, 3);
    assertSameDim(node, "boxes", boxes?.[2] ?? null, 4, "coordinates of a box");
    assertSameDim(node, "scores", scores?.[0] ?? null, boxes?.[0] ?? null, "batches of boxes and scores");
    assertSameDim(node, "scores", scores?.[2] ?? null, boxes?.[1] ?? null, "boxes and scores of a class");
    return [fact("int64", [keepsNone(context) ? 0 : null, 3])];
  },
  cost(context) {
    const scores = context.inputs[1]?.shape;
    const boxes = knownElements([scores?.[2] ?? null]);
    const kept = knownElements([context.outputs[0]?.shape?.[0] ?? null]);
    const sorted = perElement(scores, 1 + levelsOf(boxes));
    return computeCost(context, { otherFlops: checkedAdd(sorted, checkedProduct([kept, boxes, OVERLAP])) });
  },
});

/** Left out, the largest number of boxes for each class is 0; a negative one keeps none either. */
function keepsNone(context: InferenceContext<null>): boolean {
  const limit = optionalInput(context, 2);
  const most = scalarValue(limit);
  return limit === null || (typeof most === "number" && most <= 0);
}

export const operators: readonly Operator[] = [nonMaxSuppression];
