import * as activations from "./activations.js";
import * as cast from "./cast.js";
import * as concat from "./concat.js";
import * as constant from "./constant.js";
import * as constantOfShape from "./constant-of-shape.js";
import * as contrib from "./contrib/index.js";
import * as control from "./control/index.js";
import * as conv from "./conv.js";
import * as depthToSpace from "./depth-to-space.js";
import * as dropout from "./dropout.js";
import * as einsum from "./einsum.js";
import * as elementwise from "./elementwise.js";
import * as equal from "./equal.js";
import * as expand from "./expand.js";
import * as flatten from "./flatten.js";
import * as gather from "./gather.js";
import * as gatherElements from "./gather-elements.js";
import * as gatherNd from "./gather-nd.js";
import * as gemm from "./gemm.js";
import * as globalPool from "./global-pool.js";
import * as identity from "./identity.js";
import * as ml from "./ml/index.js";
import * as nonZero from "./non-zero.js";
import * as normalization from "./normalization.js";
import * as pad from "./pad.js";
import * as pool from "./pool.js";
import * as preview from "./preview/index.js";
import * as quantize from "./quantize.js";
import * as range from "./range.js";
import * as recurrent from "./recurrent.js";
import * as reduce from "./reduce.js";
import * as reshape from "./reshape.js";
import * as resize from "./resize.js";
import * as scatter from "./scatter.js";
import * as sequence from "./sequence/index.js";
import * as shape from "./shape.js";
import * as slice from "./slice.js";
import * as softmax from "./softmax.js";
import * as split from "./split.js";
import * as squeeze from "./squeeze.js";
import * as tile from "./tile.js";
import * as topk from "./topk.js";
import * as transpose from "./transpose.js";
import * as unaryMath from "./unary-math.js";
import * as where from "./where.js";
import type { Operator } from "./operator.js";

/** Every operator that is known; the files that define them are each listed here. */
export const allOperators: readonly Operator[] = [
  ...activations.operators,
  ...cast.operators,
  ...concat.operators,
  ...constant.operators,
  ...constantOfShape.operators,
  ...contrib.operators,
  ...control.operators,
  ...conv.operators,
  ...depthToSpace.operators,
  ...dropout.operators,
  ...einsum.operators,
  ...elementwise.operators,
  ...equal.operators,
  ...expand.operators,
  ...flatten.operators,
  ...gather.operators,
  ...gatherElements.operators,
  ...gatherNd.operators,
  ...gemm.operators,
  ...globalPool.operators,
  ...identity.operators,
  ...ml.operators,
  ...nonZero.operators,
  ...normalization.operators,
  ...pad.operators,
  ...pool.operators,
  ...preview.operators,
  ...quantize.operators,
  ...range.operators,
  ...recurrent.operators,
  ...reduce.operators,
  ...reshape.operators,
  ...resize.operators,
  ...scatter.operators,
  ...sequence.operators,
  ...shape.operators,
  ...slice.operators,
  ...softmax.operators,
  ...split.operators,
  ...squeeze.operators,
  ...tile.operators,
  ...topk.operators,
  ...transpose.operators,
  ...unaryMath.operators,
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
