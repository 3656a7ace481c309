import * as activations from "./activations.js";
import * as affineGrid from "./affine-grid.js";
import * as attention from "./attention.js";
import * as bitCast from "./bit-cast.js";
import * as cast from "./cast.js";
import * as causalConvWithState from "./causal-conv-with-state.js";
import * as centerCropPad from "./center-crop-pad.js";
import * as col2Im from "./col2im.js";
import * as compress from "./compress.js";
import * as concat from "./concat.js";
import * as constant from "./constant.js";
import * as constantOfShape from "./constant-of-shape.js";
import * as contrib from "./contrib/index.js";
import * as control from "./control/index.js";
import * as conv from "./conv.js";
import * as deformConv from "./deform-conv.js";
import * as depthToSpace from "./depth-to-space.js";
import * as det from "./det.js";
import * as dropout from "./dropout.js";
import * as einsum from "./einsum.js";
import * as elementwise from "./elementwise.js";
import * as equal from "./equal.js";
import * as expand from "./expand.js";
import * as eyeLike from "./eye-like.js";
import * as flatten from "./flatten.js";
import * as fourier from "./fourier.js";
import * as gather from "./gather.js";
import * as gatherElements from "./gather-elements.js";
import * as gatherNd from "./gather-nd.js";
import * as gemm from "./gemm.js";
import * as globalPool from "./global-pool.js";
import * as gridSample from "./grid-sample.js";
import * as identity from "./identity.js";
import * as imageDecoder from "./image-decoder.js";
import * as linearAttention from "./linear-attention.js";
import * as loss from "./loss.js";
import * as maxUnpool from "./max-unpool.js";
import * as ml from "./ml/index.js";
import * as nonMaxSuppression from "./non-max-suppression.js";
import * as nonZero from "./non-zero.js";
import * as normalization from "./normalization.js";
import * as oneHot from "./one-hot.js";
import * as pad from "./pad.js";
import * as pool from "./pool.js";
import * as preview from "./preview/index.js";
import * as quantize from "./quantize.js";
import * as random from "./random.js";
import * as range from "./range.js";
import * as recurrent from "./recurrent.js";
import * as reduce from "./reduce.js";
import * as reshape from "./reshape.js";
import * as resize from "./resize.js";
import * as reverseSequence from "./reverse-sequence.js";
import * as roi from "./roi.js";
import * as rotaryEmbedding from "./rotary-embedding.js";
import * as scatter from "./scatter.js";
import * as sequence from "./sequence/index.js";
import * as shape from "./shape.js";
import * as signalWindows from "./signal-windows.js";
import * as slice from "./slice.js";
import * as softmax from "./softmax.js";
import * as split from "./split.js";
import * as squeeze from "./squeeze.js";
import * as strings from "./strings.js";
import * as swiGlu from "./swiglu.js";
import * as tensorScatter from "./tensor-scatter.js";
import * as tfIdfVectorizer from "./tfidf-vectorizer.js";
import * as tile from "./tile.js";
import * as topk from "./topk.js";
import * as transpose from "./transpose.js";
import * as trilu from "./trilu.js";
import * as unaryMath from "./unary-math.js";
import * as unique from "./unique.js";
import * as where from "./where.js";
import type { Operator } from "./operator.js";

/** Every operator that is known; the files that define them are each listed here. */
export const allOperators: readonly Operator[] = [
  ...activations.operators,
  ...affineGrid.operators,
  ...attention.operators,
  ...bitCast.operators,
  ...cast.operators,
  ...causalConvWithState.operators,
  ...centerCropPad.operators,
  ...col2Im.operators,
  ...compress.operators,
  ...concat.operators,
  ...constant.operators,
  ...constantOfShape.operators,
  ...contrib.operators,
  ...control.operators,
  ...conv.operators,
  ...deformConv.operators,
  ...depthToSpace.operators,
  ...det.operators,
  ...dropout.operators,
  ...einsum.operators,
  ...elementwise.operators,
  ...equal.operators,
  ...expand.operators,
  ...eyeLike.operators,
  ...flatten.operators,
  ...fourier.operators,
  ...gather.operators,
  ...gatherElements.operators,
  ...gatherNd.operators,
  ...gemm.operators,
  ...globalPool.operators,
  ...gridSample.operators,
  ...identity.operators,
  ...imageDecoder.operators,
  ...linearAttention.operators,
  ...loss.operators,
  ...maxUnpool.operators,
  ...ml.operators,
  ...nonMaxSuppression.operators,
  ...nonZero.operators,
  ...normalization.operators,
  ...oneHot.operators,
  ...pad.operators,
  ...pool.operators,
  ...preview.operators,
  ...quantize.operators,
  ...random.operators,
  ...range.operators,
  ...recurrent.operators,
  ...reduce.operators,
  ...reshape.operators,
  ...resize.operators,
  ...reverseSequence.operators,
  ...roi.operators,
  ...rotaryEmbedding.operators,
  ...scatter.operators,
  ...sequence.operators,
  ...shape.operators,
  ...signalWindows.operators,
  ...slice.operators,
  ...softmax.operators,
  ...split.operators,
  ...squeeze.operators,
  ...strings.operators,
  ...swiGlu.operators,
  ...tensorScatter.operators,
  ...tfIdfVectorizer.operators,
  ...tile.operators,
  ...topk.operators,
  ...transpose.operators,
  ...trilu.operators,
  ...unaryMath.operators,
  ...unique.operators,
  ...where.operators,
];

const REGISTRY = registryOf(allOperators);

function registryOf(operators: readonly Operator[]): ReadonlyMap<string, ReadonlyMap<string, Operator>> {
  const registry = new Map<string, Map<string, Operator>>();
  for (const operator of operators) {
    const ofDomain = registry.get(operator.domain) ?? new Map<string, Operator>();
    if (ofDomain.has(operator.type)) throw new Error(`${operator.domain}:${operator.type} is registered twice`);
    registry.set(operator.domain, ofDomain.set(operator.type, operator));
  }
  return registry;
}

/** The operator of this domain ("" is ai.onnx) and type in an opset; undefined when it is not known. */
export function lookupOperator(domain: string, type: string, opset: number): Operator | undefined {
  const operator = REGISTRY.get(domain)?.get(type);
  return operator !== undefined && opset >= (operator.since[0] ?? 1) ? operator : undefined;
}
