import type { Dim, Shape } from "../onnx/types.js";
import { ModelError } from "../wire/errors.js";
import { formatShape } from "./dims.js";

/**
 * The shape that all of these broadcast to by NumPy's rule, which is ONNX's multidirectional one: aligned at the
 * last axis, a dimension of 1 stretches. An unknown next to an integer other than 1 can only be 1 or that integer,
 * so the integer stands; two different symbols leave an unknown.
 *
 * @throws ModelError("invalid-graph") where two integers contradict each other.
 */
export function broadcastShapes(...shapes: readonly Shape[]): Shape {
  let result: readonly Dim[] = NO_DIMS;
  for (const shape of shapes) {
    if (shape === null) return null;
    result = broadcastPair(result, shape);
  }
  return result;
}

const NO_DIMS: readonly Dim[] = [];

function broadcastPair(a: readonly Dim[], b: readonly Dim[]): readonly Dim[] {
  if (a.length === 0 || isSame(a, b)) return b;
  const rank = Math.max(a.length, b.length);
  const result: Dim[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = alignedDim(a, axis, rank);
    const right = alignedDim(b, axis, rank);
    const dim = broadcastDim(left, right);
    if (dim === undefined) {
      throw new ModelError("invalid-graph", `shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast`);
    }
    result.push(dim);
  }
  return result;
}

/** Two unknown dimensions are one here: what they broadcast to is unknown too. */
function isSame(a: readonly Dim[], b: readonly Dim[]): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis += 1) if (a[axis] !== b[axis]) return false;
  return true;
}

/** The dimension at an axis of the broadcast result: 1 where the shape has too few axes. */
function alignedDim(shape: readonly Dim[], axis: number, rank: number): Dim {
  const index = axis - (rank - shape.length);
  return index < 0 ? 1 : (shape[index] ?? null);
}

/** undefined: the two contradict each other. */
function broadcastDim(a: Dim, b: Dim): Dim | undefined {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  if (typeof a === "number") return typeof b === "number" ? undefined : a;
  return typeof b === "number" ? b : null;
}
