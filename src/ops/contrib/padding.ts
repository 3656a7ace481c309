import { addDims } from "../../shapes/dims.js";
import { fact, copyCost, requiredInput } from "../facts.js";
import { defineOperator, type Operator } from "../operator.js";
import { noAttributes } from "../unary.js";
import { assertRank } from "./dimensions.js";
import { MICROSOFT } from "./domains.js";

/**
 * `[B, S, D] -> [tokens, D]`: sequences one behind the other, without what fills them up to one length, for
 * PackedAttention. How many tokens there are depends on the data. Further outputs: token_offset `[B, S]`,
 * cumulated_seq_len `[B + 1]`, max_seq_len `[1]`.
 */
const removePadding = defineOperator<null>({
  domain: MICROSOFT,
  type: "RemovePadding",
  since: [1],
  kind: "movement",
  parseAttributes: noAttributes,
  inferShapes(context) {
    const { node } = context;
    const { dtype, shape } = requiredInput(context, 0, "input");
    const counts = requiredInput(context, 1, "sequence_token_count").shape;
    assertRank(node, "input", shape, 3);
    assertRank(node, "sequence_token_count", counts, 1);
    const [batch = null, positions = null, width = null] = shape ?? [counts?.[0] ?? null];
    return [
      fact(dtype, [null, width]),
      fact("int32", [batch, positions]),
      fact("int32", [addDims(batch, 1)]),
      fact("int32", [1]),
    ].slice(0, node.outputs.length);
  },
  cost: copyCost,
});

/** Back to sequences of one length: `[tokens, D]` and token_offset `[B, S]` -> `[B, S, D]`. */
const restorePadding = defineOperator<null>({
  domain: MICROSOFT,
  type: "RestorePadding",
  since: [1],
  kind: "movement",
  parseAttributes: noAttributes,
  inferShapes(context) {
    const { node } = context;
    const { dtype, shape } = requiredInput(context, 0, "input");
    const offsets = requiredInput(context, 1, "token_offset").shape;
    assertRank(node, "input", shape, 2);
    assertRank(node, "token_offset", offsets, 2);
    return [fact(dtype, [offsets?.[0] ?? null, offsets?.[1] ?? null, shape?.[1] ?? null])];
  },
  cost: copyCost,
});

export const operators: readonly Operator[] = [removePadding, restorePadding];
