import { floatAttr, hasAttr } from "../onnx/attributes.js";
import type { Dim, OnnxNode, Shape } from "../onnx/types.js";
import { addDims, formatShape, mulDims } from "../shapes/dims.js";
import { assertGroups, headedTensor, type HeadedTensor } from "./attention-heads.js";
import { assertBroadcastsTo, assertSameDim, contradiction, positiveInt } from "./checks.js";
import { attentionWork } from "./contrib/attention-work.js";
import { assertRank } from "./contrib/dimensions.js";
import { fact, optionalInput, requiredInput } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator } from "./operator.js";
import { computeCost, knownElements } from "./work.js";

export interface AttentionAttributes {
  /** Heads of Q, and of K and V, for operands in which they lie side by side; null: they have an axis of their own. */
  readonly heads: number | null;
  readonly keyHeads: number | null;
  /** Whether scores are capped: softcap · tanh(score / softcap). */
  readonly capped: boolean;
}

const MASK = 3;
const PAST_KEY = 4;
const PAST_VALUE = 5;

/** Divide, tanh (5), multiply. */
const SOFTCAP = 7;

/**
 * Attention: `softmax(Q K' · scale + mask) V`, heads of K and V shared by groups of heads of Q.
 *
 *     Q [B, H, S, D], K [B, Hk, L, D], V [B, Hk, L, Dv], mask that broadcasts to [B, H, S, P + L],
 *     past key and value [B, Hk, P, D] and [B, Hk, P, Dv]
 *     -> Y [B, H, S, Dv], present key and value [B, Hk, P + L, D] and [B, Hk, P + L, Dv], scores [B, H, S, P + L]
 *
 * or Q, K, V and Y with three axes, heads side by side. Work as of any attention over P + L positions: those that a
 * mask, causality, a window or `nonpad_kv_seqlen` hides are counted.
 */
const attention = defineOperator<AttentionAttributes>({
  domain: "",
  type: "Attention",
  since: [23, 24, 25],
  kind: "matmul",
  parseAttributes: (node) => ({
    heads: headsAttr(node, "q_num_heads"),
    keyHeads: headsAttr(node, "kv_num_heads"),
    capped: floatAttr(node, "softcap", 0) !== 0,
  }),
  inferShapes(context) {
    const { node } = context;
    const query = requiredInput(context, 0, "Q");
    const value = requiredInput(context, 2, "V");
    const { q, k, v, total } = operandsOf(context);
    const cached = (width: Dim): Shape => [k.batch, k.heads, total, width];
    const facts = [
      fact(query.dtype, attended(query.shape, q, v)),
      fact(requiredInput(context, 1, "K").dtype, cached(k.width)),
      fact(value.dtype, cached(v.width)),
      fact(query.dtype, [q.batch, q.heads, q.positions, total]),
    ];
    return facts.slice(0, node.outputs.length);
  },
  cost(context) {
    const { q, v, total } = operandsOf(context);
    const size = {
      batch: knownElements([q.batch]),
      heads: knownElements([q.heads]),
      queries: knownElements([q.positions]),
      keys: knownElements([total]),
      headSize: knownElements([q.width]),
      valueHeadSize: knownElements([v.width]),
    };
    const masked = optionalInput(context, MASK) === null ? 0 : 1;
    return computeCost(context, attentionWork(size, masked + (context.attributes.capped ? SOFTCAP : 0)));
  },
});

function headsAttr(node: OnnxNode, name: string): number | null {
  return hasAttr(node, name) ? positiveInt(node, name, 0) : null;
}

/** The shape of Y, which has as many axes as Q. */
function attended(query: Shape, q: HeadedTensor, v: HeadedTensor): Shape {
  if (query === null) return null;
  return query.length === 4
    ? [q.batch, q.heads, q.positions, v.width]
    : [q.batch, q.positions, mulDims(v.width, q.heads)];
}

interface Operands {
  readonly q: HeadedTensor;
  readonly k: HeadedTensor;
  readonly v: HeadedTensor;
  /** Positions that are looked at: past and new ones. */
  readonly total: Dim;
}

/** @throws ModelError("invalid-graph") where operands contradict each other. */
function operandsOf(context: InferenceContext<AttentionAttributes>): Operands {
  const { node, attributes } = context;
  const q = headedTensor(node, "Q", requiredInput(context, 0, "Q").shape, attributes.heads);
  const k = headedTensor(node, "K", requiredInput(context, 1, "K").shape, attributes.keyHeads);
  const v = headedTensor(node, "V", requiredInput(context, 2, "V").shape, attributes.keyHeads);
  assertSameDim(node, "K", q.batch, k.batch, "batches of Q and K");
  assertSameDim(node, "V", q.batch, v.batch, "batches of Q and V");
  assertSameDim(node, "K", q.width, k.width, "widths of a head of Q and K");
  assertSameDim(node, "V", k.heads, v.heads, "heads of K and V");
  assertSameDim(node, "V", k.positions, v.positions, "positions of K and V");
  assertGroups(node, q.heads, k.heads);
  const total = addDims(pastLength(context), k.positions);
  assertMask(node, optionalInput(context, MASK)?.shape ?? null, [q.batch, q.heads, q.positions]);
  return { q, k, v, total };
}

function pastLength(context: InferenceContext<AttentionAttributes>): Dim {
  const pastKey = optionalInput(context, PAST_KEY);
  const pastValue = optionalInput(context, PAST_VALUE);
  if (pastKey === null && pastValue === null) return 0;
  if (pastKey === null || pastValue === null) {
    throw contradiction(context.node, "past_key", "past_key and past_value come together");
  }
  assertRank(context.node, "past_key", pastKey.shape, 4);
  assertRank(context.node, "past_value", pastValue.shape, 4);
  const length = pastKey.shape?.[2] ?? null;
  assertSameDim(context.node, "past_value", length, pastValue.shape?.[2] ?? null, "positions of the past");
  return length;
}

/** The mask's last axis may be shorter than the positions that there are, so only those before it are compared. */
function assertMask(node: OnnxNode, mask: Shape, to: readonly Dim[]): void {
  if (mask === null) return;
  if (mask.length === 0) throw contradiction(node, "attn_mask", `attn_mask ${formatShape(mask)} is a scalar`);
  assertBroadcastsTo(node, "attn_mask", mask.slice(0, -1), to);
}

export const operators: readonly Operator[] = [attention];
