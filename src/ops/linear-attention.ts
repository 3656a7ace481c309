import { stringAttr } from "../onnx/attributes.js";
import type { Dim, OnnxNode } from "../onnx/types.js";
import { checkedAdd, checkedProduct, mulDims } from "../shapes/dims.js";
import { assertGroups, headWidth, type SharedHeads, sharedHeads } from "./attention-heads.js";
import { assertSameDim, malformed } from "./checks.js";
import { assertRank } from "./contrib/dimensions.js";
import { fact, optionalInput, requiredInput } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator } from "./operator.js";
import { computeCost, knownElements } from "./work.js";

interface UpdateRule {
  /** exp(decay) scales the state before it is updated. */
  readonly decays: boolean;
  /** What the state already holds for the key is subtracted from the value: one product more. */
  readonly corrects: boolean;
}

const UPDATE_RULES: ReadonlyMap<string, UpdateRule> = new Map([
  ["linear", { decays: false, corrects: false }],
  ["gated", { decays: true, corrects: false }],
  ["delta", { decays: false, corrects: true }],
  ["gated_delta", { decays: true, corrects: true }],
]);

export interface LinearAttentionAttributes extends SharedHeads {
  readonly rule: UpdateRule;
}

const PAST_STATE = 3;
const DECAY = 4;
const BETA = 5;

/**
 * LinearAttention: a state of keys by values for each head, updated at each position and asked by the query.
 *
 *     query [B, S, H · D], key [B, S, Hk · D], value [B, S, Hk · Dv], past state [B, Hk, D, Dv]
 *     -> output [B, S, H · Dv], present state [B, Hk, D, Dv]
 *
 *     MACs   B · S · D · Dv · (H + Hk), with a delta rule (H + 2 Hk): ask; add key times value; what is there already
 *     FLOPs  gated, 1 for each element of the state and position, and an exp for each of the decays; 1 an output
 *
 * as the recurrence has it; engines that go through long inputs in chunks compute more.
 */
const linearAttention = defineOperator<LinearAttentionAttributes>({
  domain: "",
  type: "LinearAttention",
  since: [27],
  kind: "matmul",
  parseAttributes: (node) => ({
    ...sharedHeads(node, "q_num_heads"),
    rule: parseRule(node),
  }),
  inferShapes(context) {
    const { node, attributes } = context;
    const query = requiredInput(context, 0, "query");
    const past = optionalInput(context, PAST_STATE);
    const { batch, positions, keyWidth, valueWidth } = sizesOf(context);
    const output = [batch, positions, mulDims(valueWidth, attributes.heads)];
    const state = [batch, attributes.keyHeads, keyWidth, valueWidth];
    return [fact(query.dtype, output), fact(past?.dtype ?? query.dtype, state)].slice(0, node.outputs.length);
  },
  cost(context) {
    const { heads, keyHeads, rule } = context.attributes;
    const { batch, positions, keyWidth, valueWidth } = sizesOf(context);
    const state = knownElements([batch, positions, keyWidth, valueWidth]);
    const decayed = rule.decays ? checkedProduct([state, keyHeads]) : 0;
    const exponentials = rule.decays ? knownElements(context.inputs[DECAY]?.shape) : 0;
    const scaled = knownElements(context.outputs[0]?.shape);
    return computeCost(context, {
      macs: checkedProduct([state, heads + (rule.corrects ? 2 : 1) * keyHeads]),
      otherFlops: checkedAdd(checkedAdd(decayed, exponentials), scaled),
    });
  },
});

function parseRule(node: OnnxNode): UpdateRule {
  const rule = UPDATE_RULES.get(stringAttr(node, "update_rule", "gated_delta"));
  if (rule !== undefined) return rule;
  throw malformed(node, "update_rule", `update_rule must be one of ${[...UPDATE_RULES.keys()].join(", ")}`);
}

interface Sizes {
  readonly batch: Dim;
  readonly positions: Dim;
  readonly keyWidth: Dim;
  readonly valueWidth: Dim;
}

/** @throws ModelError("invalid-graph") where inputs contradict each other or an input that the rule needs is missing. */
function sizesOf(context: InferenceContext<LinearAttentionAttributes>): Sizes {
  const { node, attributes } = context;
  const { heads, keyHeads, rule } = attributes;
  const [query, key, value] = ["query", "key", "value"].map((name, index) => {
    const { shape } = requiredInput(context, index, name);
    assertRank(node, name, shape, 3);
    return shape;
  });
  assertGroups(node, heads, keyHeads);
  if (rule.decays) requiredInput(context, DECAY, "decay");
  if (rule.corrects) requiredInput(context, BETA, "beta");
  const past = optionalInput(context, PAST_STATE)?.shape ?? null;
  assertRank(node, "past_state", past, 4);
  const widthOfQuery = headWidth(node, "q_num_heads", query?.[2] ?? null, heads);
  const widthOfKey = headWidth(node, "kv_num_heads", key?.[2] ?? null, keyHeads);
  assertSameDim(node, "key", widthOfQuery, widthOfKey, "widths of a head of query and key");
  assertSameDim(node, "key", query?.[1] ?? null, key?.[1] ?? null, "positions of query and key");
  assertSameDim(node, "value", query?.[1] ?? null, value?.[1] ?? null, "positions of query and value");
  return {
    batch: query?.[0] ?? key?.[0] ?? null,
    positions: query?.[1] ?? key?.[1] ?? null,
    keyWidth: widthOfKey ?? widthOfQuery ?? past?.[2] ?? null,
    valueWidth: headWidth(node, "kv_num_heads", value?.[2] ?? null, keyHeads) ?? past?.[3] ?? null,
  };
}

export const operators: readonly Operator[] = [linearAttention];
