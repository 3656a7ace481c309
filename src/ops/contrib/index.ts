import type { Operator } from "../operator.js";
import * as attention from "./attention.js";
import * as bias from "./bias.js";
import * as convTransposeDynamicPads from "./conv-transpose-dynamic-pads.js";
import * as complex from "./complex.js";
import * as conv from "./conv.js";
import * as cropAndResize from "./crop-and-resize.js";
import * as dynamicQuantizeLstm from "./dynamic-quantize-lstm.js";
import * as earlier from "./earlier.js";
import * as embedLayerNormalization from "./embed-layer-normalization.js";
import * as gatherBlockQuantized from "./gather-block-quantized.js";
import * as gelu from "./gelu.js";
import * as generation from "./generation.js";
import * as groupNorm from "./group-norm.js";
import * as groupQueryAttention from "./group-query-attention.js";
import * as layerNormalization from "./layer-normalization.js";
import * as longformerAttention from "./longformer-attention.js";
import * as matmul from "./matmul.js";
import * as matrix from "./matrix.js";
import * as moe from "./moe.js";
import * as multiHeadAttention from "./multi-head-attention.js";
import * as nchwc from "./nchwc.js";
import * as packedAttention from "./packed-attention.js";
import * as padding from "./padding.js";
import * as qlinear from "./qlinear.js";
import * as quantizedMatmul from "./quantized-matmul.js";
import * as quantizedOrder from "./quantized-order.js";
import * as quantizedOrderAttention from "./quantized-order-attention.js";
import * as relativePositionBias from "./relative-position-bias.js";
import * as rotaryEmbedding from "./rotary-embedding.js";

/** Every operator that ONNX Runtime's tools write beside those of ai.onnx. */
export const operators: readonly Operator[] = [
  ...attention.operators,
  ...bias.operators,
  ...convTransposeDynamicPads.operators,
  ...complex.operators,
  ...conv.operators,
  ...cropAndResize.operators,
  ...dynamicQuantizeLstm.operators,
  ...earlier.operators,
  ...embedLayerNormalization.operators,
  ...gatherBlockQuantized.operators,
  ...gelu.operators,
  ...generation.operators,
  ...groupNorm.operators,
  ...groupQueryAttention.operators,
  ...layerNormalization.operators,
  ...longformerAttention.operators,
  ...matmul.operators,
  ...matrix.operators,
  ...moe.operators,
  ...multiHeadAttention.operators,
  ...nchwc.operators,
  ...packedAttention.operators,
  ...padding.operators,
  ...qlinear.operators,
  ...quantizedMatmul.operators,
  ...quantizedOrder.operators,
  ...quantizedOrderAttention.operators,
  ...relativePositionBias.operators,
  ...rotaryEmbedding.operators,
];
