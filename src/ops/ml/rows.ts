import type { Dim, OnnxNode, Shape } from "../../onnx/types.js";
import { formatShape } from "../../shapes/dims.js";
import { contradiction } from "../checks.js";

/**
 * Number of samples in an input of features: `[N, C]`, or `[C]` for one.
 * @throws ModelError("invalid-graph") for another rank.
 */
export function rowsOf(node: OnnxNode, x: Shape): Dim {
  if (x === null) return null;
  if (x.length === 1) return 1;
  if (x.length === 2) return x[0] ?? null;
  throw contradiction(node, "X", `X ${formatShape(x)} should be [C] or [N, C]`);
}
