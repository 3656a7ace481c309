import type { OnnxNode, Shape } from "../../onnx/types.js";
import { checkedAdd, checkedProduct, formatShape } from "../../shapes/dims.js";
import { assertGroups } from "../attention-heads.js";
import { assertSameDim, contradiction } from "../checks.js";
import { attentionWork } from "../contrib/attention-work.js";
import { fact, requiredInput } from "../facts.js";
import { defineOperator, type InferenceContext, type Operator } from "../operator.js";
import { computeCost } from "../work.js";

interface FlexAttentionAttributes {
  /** Nodes of score_mod and prob_mod that compute. */
  readonly modifiers: number;
}

/**
 * FlexAttention: `prob_mod(softmax(score_mod(Q K' * scale))) V`, heads of K and V shared by groups of heads of Q.
 *
 *     Q [B, H, S, D], K [B, Hk, L, D], V [B, Hk, L, Dv] -> Y [B, H, S, Dv]
 *
 * Work as of any attention; the modifiers, which keep the shape of the scores, count one FLOP for each score and node.
 */
const flexAttention = defineOperator<FlexAttentionAttributes>({
  domain: "ai.onnx.preview",
  type: "FlexAttention",
  since: [1],
  kind: "matmul",
  parseAttributes: (node) => ({ modifiers: nodesOf(node, "score_mod") + nodesOf(node, "prob_mod") }),
  inferShapes(context) {
    const { node } = context;
    const q = operand(context, 0, "Q");
    const k = operand(context, 1, "K");
    const v = operand(context, 2, "V");
    assertSameDim(node, "K", q?.[0] ?? null, k?.[0] ?? null, "batches");
    assertSameDim(node, "V", q?.[0] ?? null, v?.[0] ?? null, "batches");
    assertSameDim(node, "V", k?.[1] ?? null, v?.[1] ?? null, "heads of K and V");
    assertSameDim(node, "V", k?.[2] ?? null, v?.[2] ?? null, "positions of K and V");
    assertSameDim(node, "K", q?.[3] ?? null, k?.[3] ?? null, "widths of Q and K");
    assertGroups(node, q?.[1] ?? null, k?.[1] ?? null);
    const { dtype } = requiredInput(context, 0, "Q");
    return [fact(dtype, [q?.[0] ?? null, q?.[1] ?? null, q?.[2] ?? null, v?.[3] ?? null])];
  },
  cost(context) {
    const [batch, heads, queries, headSize] = sizes(operand(context, 0, "Q"));
    const keys = sizes(operand(context, 1, "K"))[2];
    const valueHeadSize = sizes(operand(context, 2, "V"))[3];
    const work = attentionWork({ batch, heads, queries, keys, headSize, valueHeadSize }, 0);
    const modified = checkedProduct([batch, heads, queries, keys, context.attributes.modifiers]);
    return computeCost(context, { ...work, otherFlops: checkedAdd(work.otherFlops, modified) });
  },
});

function nodesOf(node: OnnxNode, name: string): number {
  const attribute = node.attributes.get(name);
  return attribute?.kind === "graph" ? attribute.value.nodes.filter(({ opType }) => opType !== "Constant").length : 0;
}

function operand(context: InferenceContext<unknown>, index: number, name: string): Shape {
  const { shape } = requiredInput(context, index, name);
  if (shape === null || shape.length === 4) return shape;
  throw contradiction(context.node, name, `${name} ${formatShape(shape)} should have four dimensions`);
}

/** The dimensions of an operand in `cost`, where they are known. */
function sizes(shape: Shape): readonly [number, number, number, number] {
  const at = (axis: number): number => (typeof shape?.[axis] === "number" ? shape[axis] : 0);
  return [at(0), at(1), at(2), at(3)];
}

export const operators: readonly Operator[] = [flexAttention];
