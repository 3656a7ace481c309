import { intAttr, stringAttr, stringsAttr } from "../onnx/attributes.js";
import type { Dim, Shape } from "../onnx/types.js";
import { broadcastShapes } from "../shapes/broadcast.js";
import { checkedRank, formatShape } from "../shapes/dims.js";
import { contradiction } from "./checks.js";
import { copyCost, fact, requiredInput } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator } from "./operator.js";

/*
 * Strings. They have no width and their characters are not counted, so their operators cost the bytes of other tensors
 * and no FLOPs.
 */

/** RegexFullMatch: whether each string matches a pattern as a whole. */
const regexFullMatch = defineOperator<null>({
  domain: "",
  type: "RegexFullMatch",
  since: [20],
  kind: "other",
  parseAttributes: () => null,
  inferShapes: (context) => [fact("bool", requiredInput(context, 0, "X").shape)],
  cost: copyCost,
});

/** StringConcat: pairs of strings joined, with NumPy's broadcasting. */
const stringConcat = defineOperator<null>({
  domain: "",
  type: "StringConcat",
  since: [20],
  kind: "other",
  parseAttributes: () => null,
  inferShapes(context) {
    const shape = broadcastShapes(requiredInput(context, 0, "X").shape, requiredInput(context, 1, "Y").shape);
    return [fact("string", shape)];
  },
  cost: copyCost,
});

interface StringNormalizerAttributes {
  /** Whether words are taken out, of which it is not known how many occur. */
  readonly removes: boolean;
}

/** StringNormalizer: words `[C]` or `[1, C]` in another case, and without stop words. */
const stringNormalizer = defineOperator<StringNormalizerAttributes>({
  domain: "",
  type: "StringNormalizer",
  since: [10],
  kind: "other",
  parseAttributes: (node) => ({ removes: (stringsAttr(node, "stopwords") ?? []).length > 0 }),
  inferShapes(context) {
    const { shape } = requiredInput(context, 0, "X");
    return [fact("string", normalizedShape(context, shape))];
  },
  cost: copyCost,
});

function normalizedShape({ node, attributes }: InferenceContext<StringNormalizerAttributes>, x: Shape): Shape {
  if (x === null) return null;
  const [first = null] = x;
  if (x.length < 1 || x.length > 2 || (x.length === 2 && typeof first === "number" && first !== 1)) {
    throw contradiction(node, "X", `X ${formatShape(x)} should have the shape [C] or [1, C]`);
  }
  const words = attributes.removes ? null : (x.at(-1) ?? null);
  return x.length === 2 ? [1, words] : [words];
}

/** StringSplit: each string's parts along a new last axis, as long as the most parts need, and how many there are. */
const stringSplit = defineOperator<null>({
  domain: "",
  type: "StringSplit",
  since: [20],
  kind: "other",
  parseAttributes(node) {
    stringAttr(node, "delimiter");
    intAttr(node, "maxsplit");
    return null;
  },
  inferShapes(context) {
    const { shape } = requiredInput(context, 0, "X");
    return [fact("string", partsShape(shape)), fact("int64", shape)].slice(0, context.node.outputs.length);
  },
  cost: copyCost,
});

/** No strings have no parts. */
function partsShape(shape: Shape): Shape {
  if (shape === null) return null;
  checkedRank(shape.length + 1);
  const parts: Dim = shape.includes(0) ? 0 : null;
  return [...shape, parts];
}

export const operators: readonly Operator[] = [regexFullMatch, stringConcat, stringNormalizer, stringSplit];
