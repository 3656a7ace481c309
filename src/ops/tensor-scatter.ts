import { intAttr, stringAttr } from "../onnx/attributes.js";
import type { OnnxNode, Shape } from "../onnx/types.js";
import { normalizeAxis } from "../shapes/dims.js";
import { assertSameDim, assertVector, contradiction, malformed } from "./checks.js";
import { copyCost, fact, optionalInput, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";

export interface TensorScatterAttributes {
  readonly axis: number;
  readonly circular: boolean;
}

/** TensorScatter: a copy of a cache in which new positions take their places along an axis. */
const tensorScatter = defineOperator<TensorScatterAttributes>({
  domain: "",
  type: "TensorScatter",
  since: [24],
  kind: "movement",
  parseAttributes(node) {
    const mode = stringAttr(node, "mode", "linear");
    if (mode !== "linear" && mode !== "circular") throw malformed(node, "mode", "mode must be linear or circular");
    return { axis: intAttr(node, "axis", -2), circular: mode === "circular" };
  },
  inferShapes(context) {
    const { node, attributes } = context;
    const cache = requiredInput(context, 0, "past_cache");
    const update = requiredInput(context, 1, "update");
    assertFits(node, attributes, cache.shape, update.shape);
    const indices = optionalInput(context, 2)?.shape ?? null;
    assertVector(node, "write_indices", indices, cache.shape?.[0] ?? null);
    return [fact(cache.dtype ?? update.dtype, cache.shape)];
  },
  cost: copyCost,
});

/** @throws ModelError("invalid-graph") where the update differs from the cache elsewhere than in a shorter axis. */
function assertFits(node: OnnxNode, attributes: TensorScatterAttributes, cache: Shape, update: Shape): void {
  if (cache === null) return;
  const axis = normalizeAxis(attributes.axis, cache.length);
  if (axis === 0) throw contradiction(node, "axis", "axis 0 is that of the batch");
  if (update === null) return;
  assertSameDim(node, "update", update.length, cache.length, "axes of update and past_cache");
  cache.forEach((dim, at) => {
    const part = update[at] ?? null;
    if (at !== axis) assertSameDim(node, "update", part, dim, `axis ${at} of update and past_cache`);
    else if (typeof part === "number" && typeof dim === "number" && part > dim) {
      throw contradiction(node, "update", `${part} new positions do not fit ${dim}`);
    }
  });
}

export const operators: readonly Operator[] = [tensorScatter];
