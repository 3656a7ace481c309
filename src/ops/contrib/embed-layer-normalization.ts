import { floatAttr } from "../../onnx/attributes.js";
import type { DataType } from "../../onnx/dtype.js";
import { checkedAdd, checkedMul } from "../../shapes/dims.js";
import { bytesOfTensor } from "../../shapes/elements.js";
import { assertVector } from "../checks.js";
import { fact, optionalInput, requiredInput, tensorBytes } from "../facts.js";
import { defineOperator, type Cost, type CostContext, type InferenceContext, type Operator } from "../operator.js";
import { perElement } from "../work.js";
import { assertRank } from "./dimensions.js";
import { MICROSOFT } from "./domains.js";
import { DEQUANTIZE } from "./quantization.js";

/** LayerNormalization with a bias, as ai.onnx counts it. */
const LAYER_NORMALIZATION = 7;

/** Where the inputs stand, quantized or not: 0 input_ids, 1 segment_ids, 2 to 4 the tables, 5 gamma, 6 beta, 7 mask. */
const TABLES = [2, 3, 4] as const;
const WORDS = 2;
const GAMMA = 5;
const BETA = 6;

interface EmbedOptions {
  readonly type: string;
  readonly quantized: boolean;
  /** Type of the embeddings that come out. */
  readonly resultType: (context: InferenceContext<unknown>) => DataType | null;
}

/**
 * BERT's embeddings: the rows of two or three tables that the ids name are added and normalized. `[B, S]` ids and
 * tables `[rows, H]` make `[B, S, H]`, lengths `[B]`, and the sum before the normalization `[B, S, H]`.
 *
 * As with Gather, only the rows that are looked up are read.
 */
function embedLayerNormalization({ type, quantized, resultType }: EmbedOptions): Operator {
  return defineOperator<{ readonly epsilon: number }>({
    domain: MICROSOFT,
    type,
    since: [1],
    kind: "normalization",
    parseAttributes: (node) => ({ epsilon: floatAttr(node, "epsilon", 1e-12) }),
    inferShapes(context) {
      const { node } = context;
      const ids = requiredInput(context, 0, "input_ids").shape;
      const words = requiredInput(context, WORDS, "word_embedding").shape;
      assertRank(node, "input_ids", ids, 2);
      assertRank(node, "word_embedding", words, 2);
      const width = words?.[1] ?? null;
      assertVector(node, "gamma", requiredInput(context, GAMMA, "gamma").shape, width);
      assertVector(node, "beta", requiredInput(context, BETA, "beta").shape, width);
      const batch = ids?.[0] ?? null;
      const embeddings = fact(resultType(context), [batch, ids?.[1] ?? null, width]);
      return [embeddings, fact("int32", [batch]), embeddings].slice(0, node.outputs.length);
    },
    cost: (context) => embedCost(context, quantized),
  });
}

function embedCost(context: CostContext<unknown>, quantized: boolean): Cost {
  const [embeddings] = context.outputs;
  const tables = TABLES.filter((place) => optionalInput(context, place) !== null).map((place) => context.inputs[place]);
  const others = context.inputs.filter((_, place) => !TABLES.some((table) => table === place));
  let bytesRead = tensorBytes(others);
  for (const table of tables) {
    const rows = { dtype: table?.dtype ?? null, shape: embeddings?.shape ?? null };
    bytesRead = checkedAdd(bytesRead, bytesOfTensor(rows) ?? 0);
  }
  const additions = tables.length - 1;
  const dequantizing = quantized ? checkedMul(DEQUANTIZE, tables.length) : 0;
  const flops = perElement(embeddings?.shape, LAYER_NORMALIZATION + additions + dequantizing);
  return { macs: 0, flops, bytesRead, bytesWritten: tensorBytes(context.outputs) };
}

export const operators: readonly Operator[] = [
  embedLayerNormalization({
    type: "EmbedLayerNormalization",
    quantized: false,
    resultType: (context) => requiredInput(context, WORDS, "word_embedding").dtype,
  }),
  embedLayerNormalization({
    type: "QEmbedLayerNormalization",
    quantized: true,
    resultType: (context) => requiredInput(context, 8, "word_embedding_scale").dtype,
  }),
];
