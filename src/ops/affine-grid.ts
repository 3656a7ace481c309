import type { Dim, Shape } from "../onnx/types.js";
import { assertSameDim, contradiction } from "./checks.js";
import { assertRank } from "./contrib/dimensions.js";
import { fact, requiredInput, vectorLength } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator, type ValueFact } from "./operator.js";
import { dimsFromValue } from "./shape-value.js";
import { computeCost, perElement } from "./work.js";

/**
 * AffineGrid: theta `[N, d, d + 1]`, and the size `[N, C, ...spatial]` of what is sampled -> a grid `[N, ...spatial, d]`
 * for GridSample, with d of 2 or 3. MACs: each coordinate is a row of theta times a point of d + 1 elements.
 */
const affineGrid = defineOperator<null>({
  domain: "",
  type: "AffineGrid",
  since: [20],
  kind: "other",
  parseAttributes: () => null,
  inferShapes(context) {
    const theta = requiredInput(context, 0, "theta");
    const size = requiredInput(context, 1, "size");
    return [fact(theta.dtype, gridShape(context, theta.shape, size))];
  },
  cost(context) {
    const grid = context.outputs[0]?.shape;
    const coordinates = grid?.at(-1);
    return computeCost(context, { macs: perElement(grid, typeof coordinates === "number" ? coordinates + 1 : 0) });
  },
});

function gridShape({ node }: InferenceContext<null>, theta: Shape, size: ValueFact): Shape {
  assertRank(node, "theta", theta, 3);
  const axes = spatialAxes(theta, vectorLength(size));
  if (axes === null) return null;
  if (axes !== 2 && axes !== 3) throw contradiction(node, "size", `a grid of ${axes} axes; 2 or 3 are defined`);
  assertSameDim(node, "theta", theta?.[1] ?? null, axes, "rows of theta");
  assertSameDim(node, "theta", theta?.[2] ?? null, axes + 1, "columns of theta");
  const dims = dimsFromValue(size);
  assertSameDim(node, "size", dims?.length ?? null, axes + 2, "elements of size");
  const spatial = Array.from({ length: axes }, (_, axis): Dim => dims?.[axis + 2] ?? null);
  return [theta?.[0] ?? dims?.[0] ?? null, ...spatial, axes];
}

function spatialAxes(theta: Shape, sizes: number | null): number | null {
  const rows = theta?.[1];
  if (typeof rows === "number") return rows;
  return sizes === null ? null : sizes - 2;
}

export const operators: readonly Operator[] = [affineGrid];
