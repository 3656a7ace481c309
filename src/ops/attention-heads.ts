import type { Dim, OnnxNode, Shape } from "../onnx/types.js";
import { formatShape } from "../shapes/dims.js";
import { contradiction, positiveInt } from "./checks.js";

/** An operand of attention, heads apart, as far as it is known. */
export interface HeadedTensor {
  readonly batch: Dim;
  readonly heads: Dim;
  readonly positions: Dim;
  /** Of one head. */
  readonly width: Dim;
}

/**
 * An operand `[B, heads, positions, width]`, or `[B, positions, heads · width]` with the number of heads given.
 * @throws ModelError("invalid-graph") for another rank, a number of heads that is missing, or one that does not divide.
 */
export function headedTensor(node: OnnxNode, field: string, shape: Shape, given: number | null): HeadedTensor {
  if (shape === null) return { batch: null, heads: null, positions: null, width: null };
  const [batch = null, second = null, third = null, fourth = null] = shape;
  if (shape.length === 4) return { batch, heads: second, positions: third, width: fourth };
  if (shape.length !== 3) throw contradiction(node, field, `${field} ${formatShape(shape)} should have 3 or 4 axes`);
  if (given === null) throw contradiction(node, field, `${field} ${formatShape(shape)} needs a number of heads`);
  return { batch, heads: given, positions: second, width: headWidth(node, field, third, given) };
}

/** Heads that lie side by side: of Q, and of K and V, each of which as many of Q share. */
export interface SharedHeads {
  readonly heads: number;
  readonly keyHeads: number;
}

/** @param name attribute of the number of Q's heads; that of K's and V's is kv_num_heads. @throws ModelError("invalid-graph") */
export function sharedHeads(node: OnnxNode, name: string): SharedHeads {
  return { heads: positiveInt(node, name, 0), keyHeads: positiveInt(node, "kv_num_heads", 0) };
}

/**
 * Width of one of `heads` heads that lie side by side.
 * @throws ModelError("invalid-graph") where the width cannot be divided.
 */
export function headWidth(node: OnnxNode, field: string, width: Dim, heads: number): Dim {
  if (typeof width !== "number") return heads === 1 ? width : null;
  if (width % heads === 0) return width / heads;
  throw contradiction(node, field, `a width of ${width} cannot be divided into ${heads} heads`);
}

/**
 * Checks that the heads of Q fall into as many groups as K has heads.
 * @throws ModelError("invalid-graph")
 */
export function assertGroups(node: OnnxNode, heads: Dim, shared: Dim): void {
  if (typeof heads !== "number" || typeof shared !== "number") return;
  if (shared === 0 ? heads === 0 : heads % shared === 0) return;
  throw contradiction(node, "K", `${heads} heads do not share ${shared}`);
}
