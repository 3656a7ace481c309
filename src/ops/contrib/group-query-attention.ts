import type { Dim } from "../../onnx/types.js";
import { checkedAdd, checkedProduct, mulDims } from "../../shapes/dims.js";
import { type SharedHeads, sharedHeads } from "../attention-heads.js";
import { contradiction, flag } from "../checks.js";
import { fact, optionalInput, requiredInput, scalarValue } from "../facts.js";
import { defineOperator, type InferenceContext, type Operator } from "../operator.js";
import { computeCost } from "../work.js";
import { attentionWork } from "./attention-work.js";
import { assertRank, knownDims } from "./dimensions.js";
import { MICROSOFT } from "./domains.js";
import { ROTARY } from "./rotary-embedding.js";

interface GroupQueryAttentionAttributes extends SharedHeads {
  readonly rotary: boolean;
}

/** Where the inputs stand that shapes and work depend on; the past's key is the fourth of all. */
interface Places {
  readonly type: string;
  readonly totalLength: number;
  readonly attentionBias: number | null;
  /** Whether past and present are one buffer, always; else it grows where the new positions do not fit it. */
  readonly keepsBuffer: boolean;
}

const PAST_KEY = 3;

/**
 * Attention whose keys and values have fewer heads than its queries, with a cache:
 *
 *     query [B, S, heads · H], key and value [B, S, keyHeads · H]
 *     or all packed in query [B, S, (heads + 2 keyHeads) · H]
 *     -> output [B, S, heads · H], present key and value [B, keyHeads, max(P, total), H]
 *
 * with P positions in the past and `total_sequence_length` of them in use, the new ones included.
 *
 * MACs: those of an attention of `heads` heads over `total` positions, hidden ones included; where `total` is known
 * only as the model runs, over P + S. The blocks that SparseAttention leaves out are counted as well: which they are, its
 * inputs say.
 */
function groupQueryAttention(places: Places): Operator {
  return defineOperator<GroupQueryAttentionAttributes>({
    domain: MICROSOFT,
    type: places.type,
    since: [1],
    kind: "matmul",
    parseAttributes: (node) => ({
      ...sharedHeads(node, "num_heads"),
      rotary: flag(node, "do_rotary", false),
    }),
    inferShapes(context) {
      const { node, attributes } = context;
      const query = requiredInput(context, 0, "query");
      assertRank(node, "query", query.shape, 3);
      const [batch = null, queries = null] = query.shape ?? [];
      const headSize = headSizeOf(context);
      const past = optionalInput(context, PAST_KEY);
      const cache = fact(past?.dtype ?? query.dtype, [batch, attributes.keyHeads, presentLength(context, places), headSize]);
      const scores = fact(query.dtype, null);
      const output = fact(query.dtype, [batch, queries, mulDims(headSize, attributes.heads)]);
      return [output, cache, cache, scores].slice(0, node.outputs.length);
    },
    cost(context) {
      const { attributes, inputs } = context;
      const { heads, keyHeads, rotary } = attributes;
      const [batch = 0, queries = 0] = knownDims(inputs[0]?.shape);
      const [, , past = 0] = knownDims(inputs[PAST_KEY]?.shape);
      const total = totalLength(context, places);
      const [headSize = 0] = knownDims([headSizeOf(context)]);
      const keys = typeof total === "number" ? total : checkedAdd(past, queries);
      const size = { batch, heads, queries, keys, headSize, valueHeadSize: headSize };
      const work = attentionWork(size, places.attentionBias !== null && inputs[places.attentionBias] ? 1 : 0);
      const rotated = rotary ? checkedProduct([batch, queries, checkedAdd(heads, keyHeads), headSize, ROTARY]) : 0;
      return computeCost(context, { ...work, otherFlops: checkedAdd(work.otherFlops, rotated) });
    },
  });
}

function headSizeOf({ node, inputs, attributes }: InferenceContext<GroupQueryAttentionAttributes>): Dim {
  const { heads, keyHeads } = attributes;
  const width = inputs[0]?.shape?.[2] ?? null;
  if (typeof width !== "number") return null;
  const count = inputs[1] ? heads : heads + 2 * keyHeads;
  if (width % count === 0) return width / count;
  throw contradiction(node, "num_heads", `a width of ${width} cannot be divided into ${count} heads`);
}

/** Positions in use, as far as the input tells. */
function totalLength(context: InferenceContext<GroupQueryAttentionAttributes>, places: Places): Dim {
  const total = scalarValue(optionalInput(context, places.totalLength));
  if (typeof total !== "number" || (Number.isSafeInteger(total) && total >= 0)) return total;
  throw contradiction(context.node, "total_sequence_length", `${total} is no length of a sequence`);
}

/** As long as the past's buffer, or longer where the new positions do not fit it. */
function presentLength(context: InferenceContext<GroupQueryAttentionAttributes>, places: Places): Dim {
  const past = optionalInput(context, PAST_KEY);
  const total = totalLength(context, places);
  if (past === null) return total;
  const before = past.shape?.[2] ?? null;
  if (places.keepsBuffer) return before;
  if (typeof before === "number" && typeof total === "number") return Math.max(before, total);
  return before === total ? total : null;
}

export const operators: readonly Operator[] = [
  groupQueryAttention({ type: "GroupQueryAttention", totalLength: 6, attentionBias: 10, keepsBuffer: false }),
  // past_key, past_value, block_row_indices, block_col_indices, total_sequence_length, lengths, caches of cos and sin
  groupQueryAttention({ type: "SparseAttention", totalLength: 7, attentionBias: null, keepsBuffer: true }),
];
