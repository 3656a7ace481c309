import { hasAttr, intsAttr, stringAttr, stringsAttr, tensorAttr } from "../../onnx/attributes.js";
import type { DataType } from "../../onnx/dtype.js";
import type { Dim, OnnxNode, Shape } from "../../onnx/types.js";
import { checkedAdd } from "../../shapes/dims.js";
import { numElements } from "../../shapes/elements.js";
import { boundedInts, contradiction } from "../checks.js";
import { containerFact, sequenceOf } from "../containers.js";
import { copyCost, fact, requiredInput } from "../facts.js";
import { defineOperator, type InferenceContext, type Operator } from "../operator.js";
import { computeCost, perElement } from "../work.js";
import { ML } from "./domain.js";
import { rowsOf } from "./rows.js";

/** Preparing features: element by element unless said otherwise. */

interface ElementwiseOptions {
  readonly type: string;
  readonly since?: readonly number[];
  /** FLOPs an element; 0 for looking it up in a table. */
  readonly flops: number;
  readonly resultType: (context: InferenceContext<null>) => DataType | null;
}

function elementwise({ type, since = [1], flops, resultType }: ElementwiseOptions): Operator {
  return defineOperator<null>({
    domain: ML,
    type,
    since,
    kind: "elementwise",
    parseAttributes: () => null,
    inferShapes: (context) => [fact(resultType(context), requiredInput(context, 0, "X").shape)],
    cost: (context) => computeCost(context, { otherFlops: perElement(context.inputs[0]?.shape, flops) }),
  });
}

function inputType(context: InferenceContext<null>): DataType | null {
  return requiredInput(context, 0, "X").dtype;
}

/** Names become numbers and numbers names. */
function mappedType(context: InferenceContext<null>): DataType | null {
  const dtype = inputType(context);
  return dtype === null ? null : dtype === "string" ? "int64" : "string";
}

/** The type of the values that keys map to; version 1 maps names to numbers and back. */
function labelledType(context: InferenceContext<null>): DataType | null {
  const { node, opset } = context;
  if (opset < 2) return mappedType(context);
  if (hasAttr(node, "values_strings")) return "string";
  if (hasAttr(node, "values_int64s")) return "int64";
  if (hasAttr(node, "values_floats")) return "float32";
  return tensorAttr(node, "values_tensor")?.dtype ?? null;
}

/** One number for each category that is the element: the axis of the categories comes last. */
const oneHotEncoder = defineOperator<{ readonly categories: number }>({
  domain: ML,
  type: "OneHotEncoder",
  since: [1],
  kind: "movement",
  parseAttributes: (node) => ({
    categories: (intsAttr(node, "cats_int64s") ?? stringsAttr(node, "cats_strings") ?? []).length,
  }),
  inferShapes(context) {
    const { shape } = requiredInput(context, 0, "X");
    return [fact("float32", shape === null ? null : [...shape, context.attributes.categories])];
  },
  cost: copyCost,
});

/** Columns of X, at the indices in Y: `[..., C]` -> `[..., indices]`; a vector counts as one row. */
const arrayFeatureExtractor = defineOperator<null>({
  domain: ML,
  type: "ArrayFeatureExtractor",
  since: [1],
  kind: "movement",
  parseAttributes: () => null,
  inferShapes(context) {
    const { dtype, shape } = requiredInput(context, 0, "X");
    const indices = numElements(requiredInput(context, 1, "Y").shape);
    if (shape?.length === 0) throw contradiction(context.node, "X", "X is a scalar");
    return [fact(dtype, extractedShape(shape, indices))];
  },
  cost: copyCost,
});

function extractedShape(shape: Shape, indices: number | null): Shape {
  if (shape === null) return null;
  return shape.length === 1 ? [1, indices] : shape.with(-1, indices);
}

/** Joins the features of several inputs `[N, C_i]`: `inputdimensions` says how many each has. */
const featureVectorizer = defineOperator<{ readonly width: Dim }>({
  domain: ML,
  type: "FeatureVectorizer",
  since: [1],
  kind: "movement",
  parseAttributes: (node) => ({ width: boundedInts(node, "inputdimensions", 0)?.reduce(checkedAdd, 0) ?? null }),
  inferShapes(context) {
    const rows = rowsOf(context.node, requiredInput(context, 0, "X").shape);
    return [fact("float32", [rows, context.attributes.width])];
  },
  cost: copyCost,
});

/** Maps that leave tensors behind have nothing that is known of them; how many keys there are is data. */
const castMap = defineOperator<{ readonly dtype: DataType | null }>({
  domain: ML,
  type: "CastMap",
  since: [1],
  kind: "movement",
  parseAttributes: (node) => ({ dtype: castType(node) }),
  inferShapes: (context) => [fact(context.attributes.dtype, [1, null])],
  cost: copyCost,
});

function castType(node: OnnxNode): DataType | null {
  const name = stringAttr(node, "cast_to", "TO_FLOAT");
  return name === "TO_FLOAT" ? "float32" : name === "TO_INT64" ? "int64" : name === "TO_STRING" ? "string" : null;
}

/** A map's values in the order of a vocabulary. */
const dictVectorizer = defineOperator<{ readonly words: number }>({
  domain: ML,
  type: "DictVectorizer",
  since: [1],
  kind: "movement",
  parseAttributes: (node) => ({
    words: (intsAttr(node, "int64_vocabulary") ?? stringsAttr(node, "string_vocabulary") ?? []).length,
  }),
  inferShapes: (context) => [fact(null, [1, context.attributes.words])],
  cost: copyCost,
});

/** Scores to a map from class to score for each sample; the scores are read and written once. */
const zipMap = defineOperator<{ readonly classes: number }>({
  domain: ML,
  type: "ZipMap",
  since: [1],
  kind: "other",
  parseAttributes: (node) => ({
    classes: (intsAttr(node, "classlabels_int64s") ?? stringsAttr(node, "classlabels_strings") ?? []).length,
  }),
  inferShapes(context) {
    const { shape } = requiredInput(context, 0, "X");
    const scores = containerFact({ kind: "map", element: fact("float32", []), length: context.attributes.classes, items: null });
    return [sequenceOf(scores, shape?.length === 2 ? (shape[0] ?? null) : null)];
  },
  cost: copyCost,
});

export const operators: readonly Operator[] = [
  // (x - offset) * scale
  elementwise({ type: "Scaler", flops: 2, resultType: () => "float32" }),
  // absolute value or square, sum, division
  elementwise({ type: "Normalizer", flops: 3, resultType: () => "float32" }),
  // one comparison
  elementwise({ type: "Binarizer", flops: 1, resultType: inputType }),
  elementwise({ type: "Imputer", flops: 1, resultType: inputType }),
  elementwise({ type: "LabelEncoder", since: [1, 2, 4], flops: 0, resultType: labelledType }),
  elementwise({ type: "CategoryMapper", flops: 0, resultType: mappedType }),
  oneHotEncoder,
  arrayFeatureExtractor,
  featureVectorizer,
  castMap,
  dictVectorizer,
  zipMap,
];
