import { intsAttr } from "../onnx/attributes.js";
import type { DataType } from "../onnx/dtype.js";
import type { OnnxNode } from "../onnx/types.js";
import { checkedAdd, checkedRank } from "../shapes/dims.js";
import { malformed, positiveInt, typeAttr } from "./checks.js";
import { assertRank } from "./contrib/dimensions.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type CostContext, type Operator } from "./operator.js";
import { computeCost, perElement } from "./work.js";

/**
 * Random numbers. FLOPs for each element: one for the draw; scale and shift 2; a normal one by Box and Muller's
 * transform, which makes two normal numbers of two uniform ones, 4 more (half of a logarithm, its factor, a root and
 * an angle; a cosine or sine; the product). A Bernoulli draw is compared with its probability.
 */
const UNIFORM = 3;
const NORMAL = 7;
const BERNOULLI = 2;

interface RandomAttributes {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** Numbers of a shape that the node spells out. */
function generator(type: string, flopsPerElement: number): Operator {
  return defineOperator<RandomAttributes>({
    domain: "",
    type,
    since: [1, 22],
    kind: "other",
    random: true,
    parseAttributes: (node) => ({ shape: parseShape(node), dtype: typeAttr(node, "dtype") ?? "float32" }),
    inferShapes: ({ attributes }) => [fact(attributes.dtype, attributes.shape)],
    cost: (context) => drawn(context, flopsPerElement),
  });
}

function parseShape(node: OnnxNode): readonly number[] {
  const shape = intsAttr(node, "shape");
  if (shape === undefined) throw malformed(node, "shape", "shape is missing");
  checkedRank(shape.length);
  const negative = shape.find((dim) => dim < 0);
  if (negative !== undefined) throw malformed(node, "shape", `shape has a dimension of ${negative}`);
  return shape;
}

interface LikeAttributes {
  /** null: that of the input. */
  readonly dtype: DataType | null;
}

/** Numbers of the shape, and unless the node says otherwise the type, of a tensor whose elements are not looked at. */
function generatorLike(type: string, flopsPerElement: number): Operator {
  return defineOperator<LikeAttributes>({
    domain: "",
    type,
    since: [1, 22],
    kind: "other",
    random: true,
    parseAttributes: (node) => ({ dtype: typeAttr(node, "dtype") }),
    inferShapes(context) {
      const input = requiredInput(context, 0, "input");
      return [fact(context.attributes.dtype ?? input.dtype, input.shape)];
    },
    cost: (context) => ({ ...drawn(context, flopsPerElement), bytesRead: 0 }),
  });
}

function drawn(context: CostContext<unknown>, flopsPerElement: number) {
  return computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, flopsPerElement) });
}

/** Bernoulli: 1 with the probability that the input states for each element, else 0. */
const bernoulli = defineOperator<LikeAttributes>({
  domain: "",
  type: "Bernoulli",
  since: [15, 22],
  kind: "other",
  random: true,
  parseAttributes: (node) => ({ dtype: typeAttr(node, "dtype") }),
  inferShapes(context) {
    const input = requiredInput(context, 0, "input");
    return [fact(context.attributes.dtype ?? input.dtype, input.shape)];
  },
  cost: (context) => drawn(context, BERNOULLI),
});

interface MultinomialAttributes {
  readonly samples: number;
  readonly dtype: DataType;
}

/**
 * Multinomial: log-probabilities `[B, classes]` -> classes drawn `[B, samples]`. FLOPs: an exp and an addition for each
 * probability; a draw for each sample, and a comparison with each class, which is an upper bound.
 */
const multinomial = defineOperator<MultinomialAttributes>({
  domain: "",
  type: "Multinomial",
  since: [7, 22],
  kind: "other",
  random: true,
  parseAttributes: (node) => ({
    samples: positiveInt(node, "sample_size", 1),
    dtype: typeAttr(node, "dtype") ?? "int32",
  }),
  inferShapes(context) {
    const { node, attributes } = context;
    const { shape } = requiredInput(context, 0, "input");
    assertRank(node, "input", shape, 2);
    return [fact(attributes.dtype, [shape?.[0] ?? null, attributes.samples])];
  },
  cost(context) {
    const input = context.inputs[0]?.shape;
    const cumulated = perElement(input, 2);
    const compared = perElement(input, context.attributes.samples);
    const draws = perElement(context.outputs[0]?.shape, 1);
    return computeCost(context, { otherFlops: checkedAdd(checkedAdd(cumulated, compared), draws) });
  },
});

export const operators: readonly Operator[] = [
  generator("RandomUniform", UNIFORM),
  generator("RandomNormal", NORMAL),
  generatorLike("RandomUniformLike", UNIFORM),
  generatorLike("RandomNormalLike", NORMAL),
  bernoulli,
  multinomial,
];
