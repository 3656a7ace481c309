import { stringAttr } from "../../onnx/attributes.js";
import { checkedAdd, checkedProduct } from "../../shapes/dims.js";
import { assertMinimumRank, assertSameDim, malformed } from "../checks.js";
import { fact, requiredInput } from "../facts.js";
import { defineOperator, type Operator } from "../operator.js";
import { computeCost, knownElements } from "../work.js";
import { assertRank } from "./dimensions.js";
import { MICROSOFT } from "./domains.js";

/** Inverse of square matrices `[..., n, n]`: 2 n³ FLOPs each (a factorization and n pairs of triangular systems). */
const inverse = defineOperator<null>({
  domain: MICROSOFT,
  type: "Inverse",
  since: [1],
  kind: "other",
  parseAttributes: () => null,
  inferShapes(context) {
    const { node } = context;
    const { dtype, shape } = requiredInput(context, 0, "X");
    assertMinimumRank(node, "X", shape, 2);
    assertSameDim(node, "X", shape?.at(-1) ?? null, shape?.at(-2) ?? null, "sides of the matrix");
    return [fact(dtype, shape)];
  },
  cost(context) {
    const shape = context.inputs[0]?.shape;
    const side = knownElements([shape?.at(-1) ?? null]);
    return computeCost(context, { otherFlops: checkedProduct([knownElements(shape), side, 2]) });
  },
});

/** Distances between rows: A `[M, K]`, B `[N, K]` -> `[M, N]`; subtract, square and add, and a root if Euclidean. */
const cDist = defineOperator<{ readonly root: boolean }>({
  domain: MICROSOFT,
  type: "CDist",
  since: [1],
  kind: "other",
  parseAttributes(node) {
    const metric = stringAttr(node, "metric", "sqeuclidean");
    if (metric === "euclidean" || metric === "sqeuclidean") return { root: metric === "euclidean" };
    throw malformed(node, "metric", `metric must be "euclidean" or "sqeuclidean", not "${metric}"`);
  },
  inferShapes(context) {
    const { node } = context;
    const a = requiredInput(context, 0, "A");
    const b = requiredInput(context, 1, "B");
    assertRank(node, "A", a.shape, 2);
    assertRank(node, "B", b.shape, 2);
    assertSameDim(node, "B", a.shape?.[1] ?? null, b.shape?.[1] ?? null, "columns of A and B");
    return [fact(a.dtype ?? b.dtype, [a.shape?.[0] ?? null, b.shape?.[0] ?? null])];
  },
  cost(context) {
    const distances = knownElements(context.outputs[0]?.shape);
    const columns = knownElements([context.inputs[0]?.shape?.[1] ?? null]);
    const roots = context.attributes.root ? distances : 0;
    return computeCost(context, { otherFlops: checkedAdd(checkedProduct([distances, columns, 3]), roots) });
  },
});

export const operators: readonly Operator[] = [inverse, cDist];
