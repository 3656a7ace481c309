import { stringAttr } from "../onnx/attributes.js";
import type { Shape } from "../onnx/types.js";
import { checkedMul } from "../shapes/dims.js";
import { assertMinimumRank, assertSameDim, contradiction, malformed } from "./checks.js";
import { assertRank } from "./contrib/dimensions.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator } from "./operator.js";
import { computeCost, perElement } from "./work.js";

/** Neighbours along one axis, by the names of opset 16, in which there are two axes. */
const TAPS_OF_IMAGES: ReadonlyMap<string, number> = new Map([
  ["nearest", 0],
  ["bilinear", 2],
  ["bicubic", 4],
]);
/** Since opset 20; exporters went on to write the old names. */
const TAPS: ReadonlyMap<string, number> = new Map([...TAPS_OF_IMAGES, ["linear", 2], ["cubic", 4]]);

export interface GridSampleAttributes {
  readonly tapsPerAxis: number;
}

/**
 * GridSample: X `[N, C, ...spatial]` looked up at the points of a grid `[N, ...positions, d]` -> `[N, C, ...positions]`.
 * FLOPs for each output element, as Resize's over d axes: 2 · 2^d (linear), 2 · 4^d (cubic), none when nearest.
 */
const gridSample = defineOperator<GridSampleAttributes>({
  domain: "",
  type: "GridSample",
  since: [16, 20, 22],
  kind: "movement",
  parseAttributes(node, opset) {
    const modes = opset < 20 ? TAPS_OF_IMAGES : TAPS;
    const tapsPerAxis = modes.get(stringAttr(node, "mode", "bilinear"));
    if (tapsPerAxis !== undefined) return { tapsPerAxis };
    throw malformed(node, "mode", `mode must be one of ${[...modes.keys()].join(", ")}`);
  },
  inferShapes(context) {
    const x = requiredInput(context, 0, "X");
    const grid = requiredInput(context, 1, "grid").shape;
    return [fact(x.dtype, sampledShape(context, x.shape, grid))];
  },
  cost(context) {
    const axes = (context.inputs[0]?.shape?.length ?? 0) - 2;
    const { tapsPerAxis } = context.attributes;
    const taps = tapsPerAxis === 0 ? 0 : tapsPerAxis ** axes;
    return computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, checkedMul(2, taps)) });
  },
});

function sampledShape({ node, opset }: InferenceContext<unknown>, x: Shape, grid: Shape): Shape {
  assertMinimumRank(node, "X", x, 3);
  assertMinimumRank(node, "grid", grid, 3);
  if (opset < 20) {
    assertRank(node, "X", x, 4);
    assertRank(node, "grid", grid, 4);
  }
  if (x !== null && grid !== null && x.length !== grid.length) {
    throw contradiction(node, "grid", "X and grid differ in rank");
  }
  const rank = x?.length ?? grid?.length;
  if (rank === undefined) return null;
  assertSameDim(node, "grid", grid?.[0] ?? null, x?.[0] ?? null, "batches of X and grid");
  assertSameDim(node, "grid", grid?.at(-1) ?? null, rank - 2, "coordinates of a point of the grid");
  const positions = Array.from({ length: rank - 2 }, (_, axis) => grid?.[axis + 1] ?? null);
  return [x?.[0] ?? grid?.[0] ?? null, x?.[1] ?? null, ...positions];
}

export const operators: readonly Operator[] = [gridSample];
