import { stringAttr } from "../../onnx/attributes.js";
import { checkedAdd, checkedProduct, formatShape } from "../../shapes/dims.js";
import { assertSameDim, contradiction, malformed } from "../checks.js";
import { copyCost, fact, requiredInput } from "../facts.js";
import { defineOperator, type Operator } from "../operator.js";
import { computeCost, knownElements, perElement } from "../work.js";
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
    if (shape === null) return [fact(dtype, null)];
    if (shape.length < 2) throw contradiction(node, "X", `X ${formatShape(shape)} holds no matrix`);
    assertSameDim(node, "X", shape.at(-1) ?? null, shape.at(-2) ?? null, "sides of the matrix");
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

/** The upper or lower triangle of matrices, the rest zero; which one changes neither the shape nor the count. */
const trilu = defineOperator<null>({
  domain: MICROSOFT,
  type: "Trilu",
  since: [1],
  kind: "movement",
  parseAttributes: () => null,
  inferShapes(context) {
    const { dtype, shape } = requiredInput(context, 0, "X");
    if (shape !== null && shape.length < 2) {
      throw contradiction(context.node, "X", `X ${formatShape(shape)} holds no matrix`);
    }
    return [fact(dtype, shape)];
  },
  cost: copyCost,
});

/** FLOPs of one interpolated element between 2² or 4² neighbours, as Resize counts them. */
const INTERPOLATION: ReadonlyMap<string, number> = new Map([
  ["nearest", 0],
  ["bilinear", 8],
  ["bicubic", 32],
]);

/** X `[N, C, H, W]` looked up at the points of a grid `[N, h, w, 2]` -> `[N, C, h, w]`. */
const gridSample = defineOperator<{ readonly flopsPerElement: number }>({
  domain: MICROSOFT,
  type: "GridSample",
  since: [1],
  kind: "movement",
  parseAttributes(node) {
    const flopsPerElement = INTERPOLATION.get(stringAttr(node, "mode", "bilinear"));
    if (flopsPerElement === undefined) throw malformed(node, "mode", "mode must be nearest, bilinear or bicubic");
    return { flopsPerElement };
  },
  inferShapes(context) {
    const x = requiredInput(context, 0, "X");
    const grid = requiredInput(context, 1, "Grid").shape;
    assertRank(context.node, "X", x.shape, 4);
    assertRank(context.node, "Grid", grid, 4);
    return [fact(x.dtype, [x.shape?.[0] ?? null, x.shape?.[1] ?? null, grid?.[1] ?? null, grid?.[2] ?? null])];
  },
  cost: (context) =>
    computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, context.attributes.flopsPerElement) }),
});

export const operators: readonly Operator[] = [inverse, cDist, trilu, gridSample];
