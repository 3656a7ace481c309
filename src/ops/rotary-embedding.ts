import { intAttr } from "../onnx/attributes.js";
import { formatShape } from "../shapes/dims.js";
import { contradiction, malformed } from "./checks.js";
import { knownDims } from "./contrib/dimensions.js";
import { rotaryFlops } from "./contrib/rotary-embedding.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";
import { computeCost } from "./work.js";

interface RotaryEmbeddingAttributes {
  /** Of `[B, S, hidden]`; 0: not given. */
  readonly heads: number;
}

/**
 * RotaryEmbedding: pairs of elements of each head turned by an angle that depends on the position. X, `[B, heads, S,
 * H]` or `[B, S, heads · H]`, keeps its shape; the caches `[positions, R / 2]`, or `[B, S, R / 2]` without positions,
 * say how many elements R of a head are rotated. FLOPs: 3 a rotated element.
 */
const rotaryEmbedding = defineOperator<RotaryEmbeddingAttributes>({
  domain: "",
  type: "RotaryEmbedding",
  since: [23],
  kind: "elementwise",
  parseAttributes(node) {
    const heads = intAttr(node, "num_heads", 0);
    if (heads < 0) throw malformed(node, "num_heads", `num_heads must not be ${heads}`);
    return { heads };
  },
  inferShapes(context) {
    const { node, attributes } = context;
    const { dtype, shape } = requiredInput(context, 0, "X");
    requiredInput(context, 1, "cos_cache");
    requiredInput(context, 2, "sin_cache");
    if (shape !== null && shape.length !== 3 && shape.length !== 4) {
      throw contradiction(node, "X", `X ${formatShape(shape)} should have 3 or 4 axes`);
    }
    if (shape?.length === 3 && attributes.heads === 0) {
      throw contradiction(node, "num_heads", `X ${formatShape(shape)} needs num_heads`);
    }
    return [fact(dtype, shape)];
  },
  cost(context) {
    const halfRotated = knownDims(context.inputs[1]?.shape).at(-1) ?? 0;
    const shape = knownDims(context.inputs[0]?.shape);
    return computeCost(context, { otherFlops: rotaryFlops(shape, context.attributes.heads, halfRotated) });
  },
});

export const operators: readonly Operator[] = [rotaryEmbedding];
