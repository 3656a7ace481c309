import { addDims, checkedAdd, checkedMul, checkedProduct } from "../../shapes/dims.js";
import { assertSameDim, assertVector, positiveInt } from "../checks.js";
import { headWidth } from "../attention-heads.js";
import { fact, optionalInput, requiredInput } from "../facts.js";
import { defineOperator, type Operator } from "../operator.js";
import { computeCost } from "../work.js";
import { addWork, attentionWork } from "./attention-work.js";
import { assertRank, knownDims } from "./dimensions.js";
import { MICROSOFT } from "./domains.js";
import { DEQUANTIZE, QUANTIZE } from "./quantization.js";

interface LongformerAttributes {
  readonly heads: number;
  /** Positions to each side that a position looks at. */
  readonly window: number;
}

/** Where an operator of the family has what the other has elsewhere. */
interface Places {
  readonly type: string;
  readonly weight: number;
  readonly bias: number;
  readonly mask: number;
  /** For each element of the merged projection beside its bias, and for each of the output: between integers and floats. */
  readonly projectionFlops: number;
  readonly outputFlops: number;
}

/**
 * Self-attention of each position to its neighbours, with the projection to Q, K and V in it:
 *
 *     input [B, S, D]    weight [D, 3 D]    global_weight [D, 3 D]    ->    output [B, S, D]
 *
 * MACs: B · S · D · 3 D of the projection, and attention of each position over `2 · window` others, S at most. The
 * positions that look at all others are known only as the model runs: neither their attention nor their projection counts.
 */
function longformerAttention(places: Places): Operator {
  return defineOperator<LongformerAttributes>({
    domain: MICROSOFT,
    type: places.type,
    since: [1],
    kind: "matmul",
    parseAttributes: (node) => ({ heads: positiveInt(node, "num_heads", 0), window: positiveInt(node, "window", 0) }),
    inferShapes(context) {
      const { node, attributes } = context;
      const { dtype, shape } = requiredInput(context, 0, "input");
      const weight = requiredInput(context, places.weight, "weight").shape;
      assertRank(node, "input", shape, 3);
      assertRank(node, "weight", weight, 2);
      const width = shape?.[2] ?? null;
      headWidth(node, "num_heads", width, attributes.heads);
      assertSameDim(node, "weight", width, weight?.[0] ?? null, "last dimension of input and weight");
      const merged = addDims(width, addDims(width, width));
      assertSameDim(node, "weight", merged, weight?.[1] ?? null, "columns of weight and three times the width");
      assertVector(node, "bias", optionalInput(context, places.bias)?.shape ?? null, merged);
      return [fact(dtype, shape)];
    },
    cost(context) {
      const { attributes, inputs } = context;
      const { heads, window } = attributes;
      const [batch = 0, queries = 0, width = 0] = knownDims(inputs[0]?.shape);
      const output = checkedProduct([batch, queries, width]);
      const projected = checkedMul(output, 3);
      const headSize = width / heads;
      const size = { batch, heads, queries, keys: Math.min(queries, 2 * window), headSize, valueHeadSize: headSize };
      const converted = checkedAdd(checkedMul(projected, places.projectionFlops), checkedMul(output, places.outputFlops));
      const projection = {
        macs: checkedMul(projected, width),
        otherFlops: checkedAdd(converted, inputs[places.bias] ? projected : 0),
      };
      return computeCost(context, addWork(projection, attentionWork(size, inputs[places.mask] ? 1 : 0)));
    },
  });
}

export const operators: readonly Operator[] = [
  longformerAttention({ type: "LongformerAttention", weight: 1, bias: 2, mask: 3, projectionFlops: 0, outputFlops: 0 }),
  // input, weight, bias and the projection, each followed by its scale; mask
  longformerAttention({
    type: "QOrderedLongformerAttention",
    weight: 2,
    bias: 4,
    mask: 7,
    projectionFlops: QUANTIZE + DEQUANTIZE,
    outputFlops: QUANTIZE,
  }),
];
