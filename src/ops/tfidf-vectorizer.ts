import { hasAttr, intAttr, intsAttr } from "../onnx/attributes.js";
import type { OnnxNode, Shape } from "../onnx/types.js";
import { checkedAdd, checkedMul, formatShape } from "../shapes/dims.js";
import { contradiction, malformed, positiveInt } from "./checks.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";
import { computeCost, knownElements, perElement } from "./work.js";

export interface TfIdfAttributes {
  /** Length of the vector that comes out. */
  readonly features: number;
  /** n-grams that may start at one element: lengths times distances between their elements. */
  readonly gramsPerElement: number;
  readonly weighted: boolean;
}

/**
 * TfIdfVectorizer: counts of known n-grams in sequences `[C]` or `[N, C]` -> `[F]` or `[N, F]` float32, F being the
 * largest index and 1. FLOPs: one count for each n-gram that may start at each element (an upper bound), and where counts
 * are weighted 1 an output element.
 */
const tfIdfVectorizer = defineOperator<TfIdfAttributes>({
  domain: "",
  type: "TfIdfVectorizer",
  since: [9],
  kind: "other",
  parseAttributes: (node) => ({
    features: featureCount(node),
    gramsPerElement: gramsPerElement(node),
    weighted: hasAttr(node, "weights"),
  }),
  inferShapes(context) {
    const { shape } = requiredInput(context, 0, "X");
    return [fact("float32", vectorShape(context.node, shape, context.attributes.features))];
  },
  cost(context) {
    const { gramsPerElement: grams, weighted } = context.attributes;
    const counted = perElement(context.inputs[0]?.shape, grams);
    const scaled = weighted ? knownElements(context.outputs[0]?.shape) : 0;
    return computeCost(context, { otherFlops: checkedAdd(counted, scaled) });
  },
});

function featureCount(node: OnnxNode): number {
  let largest = -1;
  for (const index of intsAttr(node, "ngram_indexes") ?? []) {
    if (index < 0) throw malformed(node, "ngram_indexes", `ngram_indexes holds ${index}`);
    largest = Math.max(largest, index);
  }
  if (largest < 0) throw malformed(node, "ngram_indexes", "ngram_indexes is missing or empty");
  return checkedAdd(largest, 1);
}

function gramsPerElement(node: OnnxNode): number {
  const shortest = positiveInt(node, "min_gram_length", 0);
  const longest = positiveInt(node, "max_gram_length", 0);
  const skips = intAttr(node, "max_skip_count", 0);
  if (longest < shortest) throw malformed(node, "max_gram_length", `max_gram_length ${longest} is under ${shortest}`);
  if (skips < 0) throw malformed(node, "max_skip_count", `max_skip_count must not be ${skips}`);
  return checkedMul(longest - shortest + 1, checkedAdd(skips, 1));
}

function vectorShape(node: OnnxNode, x: Shape, features: number): Shape {
  if (x === null) return null;
  if (x.length === 1) return [features];
  if (x.length === 2) return [x[0] ?? null, features];
  throw contradiction(node, "X", `X ${formatShape(x)} should have 1 or 2 axes`);
}

export const operators: readonly Operator[] = [tfIdfVectorizer];
