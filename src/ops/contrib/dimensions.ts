import type { OnnxNode, Shape } from "../../onnx/types.js";
import { formatShape } from "../../shapes/dims.js";
import { contradiction } from "../checks.js";

/**
 * A number of axes that an operator requires. An unknown shape passes.
 * @throws ModelError("invalid-graph")
 */
export function assertRank(node: OnnxNode, field: string, shape: Shape, rank: number): void {
  if (shape === null || shape.length === rank) return;
  throw contradiction(node, field, `${field} ${formatShape(shape)} should have ${rank} axes`);
}

/** The dimensions of a tensor in `cost`, where every one of them is known; none for one that is left out. */
export function knownDims(shape: Shape | undefined): readonly number[] {
  return (shape ?? []).filter((dim) => typeof dim === "number");
}
