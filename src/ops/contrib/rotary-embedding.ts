import { intAttr } from "../../onnx/attributes.js";
import { checkedAdd, checkedMul, formatShape } from "../../shapes/dims.js";
import { contradiction } from "../checks.js";
import { fact, requiredInput } from "../facts.js";
import { defineOperator, type Operator } from "../operator.js";
import { computeCost, knownElements } from "../work.js";
import { assertRank, knownDims } from "./dimensions.js";
import { MICROSOFT } from "./domains.js";

/** FLOPs of rotating one element: times a cosine, the other of its pair times a sine, and their sum. */
export const ROTARY = 3;
/** FLOPs of a sine or a cosine, as ai.onnx counts them. */
const TRIGONOMETRIC = 1;

interface RotaryAttributes {
  /** 0: it follows from the caches. */
  readonly heads: number;
}

/**
 * Rotates pairs of elements in each head by an angle that depends on the position: `[B, S, hidden]` or `[B, heads, S,
 * H]` stays as it is. The caches `[positions, R / 2]` say how many elements R of a head are rotated.
 */
const rotaryEmbedding = defineOperator<RotaryAttributes>({
  domain: MICROSOFT,
  type: "RotaryEmbedding",
  since: [1],
  kind: "elementwise",
  parseAttributes: (node) => ({ heads: intAttr(node, "num_heads", 0) }),
  inferShapes(context) {
    const { dtype, shape } = requiredInput(context, 0, "input");
    requiredInput(context, 2, "cos_cache");
    if (shape !== null && shape.length !== 3 && shape.length !== 4) {
      throw contradiction(context.node, "input", `input ${formatShape(shape)} should have 3 or 4 axes`);
    }
    return [fact(dtype, shape)];
  },
  cost(context) {
    const [, halfRotated = 0] = knownDims(context.inputs[2]?.shape);
    const shape = knownDims(context.inputs[0]?.shape);
    return computeCost(context, { otherFlops: rotaryFlops(shape, context.attributes.heads, halfRotated) });
  },
});

/**
 * FLOPs of rotating a tensor `[B, S, hidden]` or `[B, heads, S, H]`, of each head of which twice `halfRotated` elements
 * are rotated. Without a number of heads, all of `[B, S, hidden]` are.
 */
export function rotaryFlops(shape: readonly number[], heads: number, halfRotated: number): number {
  const elements = knownElements(shape);
  const rotated = 2 * halfRotated;
  const headSize = headSizeOf(shape, heads) ?? rotated;
  return checkedMul(ROTARY, headSize > rotated ? checkedMul(elements / headSize, rotated) : elements);
}

/** null: `[B, S, hidden]` without a number of heads. */
function headSizeOf(shape: readonly number[], heads: number): number | null {
  if (shape.length === 4) return shape[3] ?? null;
  const hidden = shape[2] ?? 0;
  return heads > 0 && hidden % heads === 0 ? hidden / heads : null;
}

/**
 * Gemma's: of angles `[B, S, dim]`, and Q and K `[B, heads, S, dim]` each beside itself with its halves swapped. FLOPs: a sine
 * and a cosine of each angle, and 3 an element of Q and of K.
 */
const gemmaRotaryEmbedding = defineOperator<null>({
  domain: MICROSOFT,
  type: "GemmaRotaryEmbedding",
  since: [1],
  kind: "elementwise",
  parseAttributes: () => null,
  inferShapes(context) {
    const { node } = context;
    assertRank(node, "emb", requiredInput(context, 0, "emb").shape, 3);
    return [GEMMA_Q, GEMMA_K].map((place) => {
      const field = place === GEMMA_Q ? "q" : "k";
      const { dtype, shape } = requiredInput(context, place, field);
      assertRank(node, field, shape, 4);
      return fact(dtype, shape);
    });
  },
  cost(context) {
    const { inputs } = context;
    const rotated = checkedAdd(knownElements(inputs[GEMMA_Q]?.shape), knownElements(inputs[GEMMA_K]?.shape));
    const angles = checkedMul(TRIGONOMETRIC, checkedMul(2, knownElements(inputs[0]?.shape)));
    return computeCost(context, { otherFlops: checkedAdd(checkedMul(ROTARY, rotated), angles) });
  },
});

/** Where Q and K stand: emb, q, q_rot, k, k_rot. */
const GEMMA_Q = 1;
const GEMMA_K = 3;

export const operators: readonly Operator[] = [rotaryEmbedding, gemmaRotaryEmbedding];
