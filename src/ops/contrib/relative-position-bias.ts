import type { Dim, OnnxNode } from "../../onnx/types.js";
import { checkedAdd, checkedMul, checkedProduct } from "../../shapes/dims.js";
import { headWidth } from "../attention-heads.js";
import { assertSameDim, contradiction, positiveInt } from "../checks.js";
import { fact, movementCost, optionalInput, requiredInput, scalarValue, tensorBytes } from "../facts.js";
import { defineOperator, type Operator, type ValueFact } from "../operator.js";
import { computeCost, perElement } from "../work.js";
import { assertRank, knownDims } from "./dimensions.js";
import { MICROSOFT } from "./domains.js";

/**
 * T5's bias of attention by how far apart two positions are: of a table `[buckets, heads]` the row of each distance ->
 * `[1, heads, queries, keys]`. As with Gather, what is written has been read before.
 */
const relativePositionBias = defineOperator<{ readonly maxDistance: number }>({
  domain: MICROSOFT,
  type: "RelativePositionBias",
  since: [1],
  kind: "movement",
  parseAttributes: (node) => ({ maxDistance: positiveInt(node, "max_distance", 0) }),
  inferShapes(context) {
    const { node } = context;
    const table = requiredInput(context, 0, "bias_table");
    assertRank(node, "bias_table", table.shape, 2);
    const queries = lengthOf(node, "query_length", requiredInput(context, 1, "query_length"));
    const keys = lengthOf(node, "key_length", requiredInput(context, 2, "key_length"));
    return [fact(table.dtype, [1, table.shape?.[1] ?? null, queries, keys])];
  },
  cost({ inputs, outputs }) {
    const written = tensorBytes(outputs);
    return movementCost(checkedAdd(written, tensorBytes(inputs.slice(1))), written);
  },
});

/** A length that an input tells, as far as it is known. */
function lengthOf(node: OnnxNode, field: string, input: ValueFact): Dim {
  const length = scalarValue(input);
  if (typeof length !== "number" || (Number.isSafeInteger(length) && length >= 0)) return length;
  throw contradiction(node, field, `${length} is no length of a sequence`);
}

/** Where the inputs stand: query_layer, query_bias, rel_pos, weight, bias, eco_a, token_offset. */
const RELATIVE_POSITIONS = 2;
const WEIGHT = 3;
const TOKEN_OFFSET = 6;

/** Two sigmoids of 4, and `gate_u · (gate_r · eco_a - 1) + 2`. */
const GATE = 2 * 4 + 4;

/**
 * WavLM's bias of attention: two gates of each position of each head weigh the bias by distance.
 *
 *     query [B, S, heads · H] or [tokens, heads · H], rel_pos [1, heads, S, S], weight [H, D] -> [B, heads, S, S]
 *
 * MACs: H · D for each position of each head. FLOPs: bias 1 for each element of the query; for each position of each head
 * D for the bias, D - 2 for the sums of its halves and 12 for the gates; 1 for each element of the result.
 */
const gatedRelativePositionBias = defineOperator<{ readonly heads: number }>({
  domain: MICROSOFT,
  type: "GatedRelativePositionBias",
  since: [1],
  kind: "matmul",
  parseAttributes: (node) => ({ heads: positiveInt(node, "num_heads", 0) }),
  inferShapes(context) {
    const { node, attributes } = context;
    const query = requiredInput(context, 0, "query_layer");
    const positions = requiredInput(context, RELATIVE_POSITIONS, "rel_pos").shape;
    const weight = requiredInput(context, WEIGHT, "weight").shape;
    const offsets = optionalInput(context, TOKEN_OFFSET)?.shape ?? null;
    assertRank(node, "query_layer", query.shape, optionalInput(context, TOKEN_OFFSET) === null ? 3 : 2);
    assertRank(node, "rel_pos", positions, 4);
    assertRank(node, "weight", weight, 2);
    assertRank(node, "token_offset", offsets, 2);
    const headSize = headWidth(node, "num_heads", query.shape?.at(-1) ?? null, attributes.heads);
    assertSameDim(node, "weight", headSize, weight?.[0] ?? null, "width of a head and rows of weight");
    const [batch = null, length = null] = optionalInput(context, TOKEN_OFFSET) === null ? (query.shape ?? []) : (offsets ?? []);
    assertSameDim(node, "rel_pos", length, positions?.[2] ?? null, "positions of query_layer and rel_pos");
    return [fact(query.dtype, [batch, attributes.heads, length, length])];
  },
  cost(context) {
    const { attributes, inputs, outputs } = context;
    const [batch = 0, , length = 0] = knownDims(outputs[0]?.shape);
    const [headSize = 0, gates = 0] = knownDims(inputs[WEIGHT]?.shape);
    const rows = checkedProduct([batch, length, attributes.heads]);
    const gating = checkedMul(rows, 2 * gates - 2 + GATE);
    const elementwise = checkedAdd(perElement(inputs[0]?.shape, 1), perElement(outputs[0]?.shape, 1));
    return computeCost(context, {
      macs: checkedProduct([rows, headSize, gates]),
      otherFlops: Math.max(0, checkedAdd(gating, elementwise)),
    });
  },
});

export const operators: readonly Operator[] = [relativePositionBias, gatedRelativePositionBias];
