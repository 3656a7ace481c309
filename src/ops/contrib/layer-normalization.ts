import { floatAttr } from "../../onnx/attributes.js";
import { assertBroadcastsTo, assertVector, contradiction } from "../checks.js";
import { fact, optionalInput, requiredInput } from "../facts.js";
import * as normalization from "../normalization.js";
import { defineOperator, type CostContext, type Operator } from "../operator.js";
import { computeCost, perElement } from "../work.js";
import { MICROSOFT } from "./domains.js";
import { standard } from "./standard.js";

/** FLOPs an element, as ai.onnx's LayerNormalization and RMSNormalization count them. */
const LAYER = 6;
const RMS = 4;

interface SkipOptions {
  readonly type: string;
  readonly flopsPerElement: number;
  /** Whether a beta stands between gamma and the bias; it adds once. */
  readonly hasBeta: boolean;
}

/** A layer normalization of `input + skip + bias`; that sum is its fourth output. */
function skipNormalization({ type, flopsPerElement, hasBeta }: SkipOptions): Operator {
  const biasAt = hasBeta ? 4 : 3;
  return defineOperator<{ readonly epsilon: number }>({
    domain: MICROSOFT,
    type,
    since: [1],
    kind: "normalization",
    parseAttributes: (node) => ({ epsilon: floatAttr(node, "epsilon", 1e-12) }),
    inferShapes(context) {
      const { node } = context;
      const { dtype, shape } = requiredInput(context, 0, "input");
      if (shape?.length === 0) throw contradiction(node, "input", "input is a scalar");
      const width = shape?.at(-1) ?? null;
      assertBroadcastsTo(node, "skip", requiredInput(context, 1, "skip").shape, shape);
      assertVector(node, "gamma", requiredInput(context, 2, "gamma").shape, width);
      assertVector(node, "bias", optionalInput(context, biasAt)?.shape ?? null, width);
      if (hasBeta) assertVector(node, "beta", optionalInput(context, 3)?.shape ?? null, width);
      // Mean and the reciprocal of the deviation, of each row.
      const statistics = fact("float32", shape === null ? null : shape.with(-1, 1));
      return [fact(dtype, shape), statistics, statistics, fact(dtype, shape)].slice(0, node.outputs.length);
    },
    cost(context) {
      const vectors = (hasBeta ? [3, 4] : [3]).filter((place) => optionalInput(context, place) !== null).length;
      const skip = 1;
      return elementwiseCost(context, flopsPerElement + skip + vectors);
    },
  });
}

function elementwiseCost(context: CostContext<unknown>, flopsPerElement: number) {
  return computeCost(context, { otherFlops: perElement(context.inputs[0]?.shape, flopsPerElement) });
}

const LAYER_NORMALIZATION = standard(normalization.operators, "LayerNormalization", 17);

/**
 * RMSNormalization before ai.onnx had it: ONNX Runtime writes it into the domain of ai.onnx, with the reciprocal of the
 * deviation as a second output.
 */
const simplifiedLayerNormalization = defineOperator<unknown>({
  domain: "",
  type: "SimplifiedLayerNormalization",
  since: [1],
  kind: "normalization",
  parseAttributes: (node) => LAYER_NORMALIZATION.parseAttributes(node),
  inferShapes(context) {
    const { node, attributes, inputs } = context;
    const scale = requiredInput(context, 1, "scale");
    const [x, statistics] = LAYER_NORMALIZATION.inferShapes(node, attributes, inputs.slice(0, 2));
    const normalized = fact(scale.dtype ?? x?.dtype ?? null, x?.shape ?? null);
    return statistics === undefined ? [normalized] : [normalized, statistics];
  },
  cost: (context) => elementwiseCost(context, RMS),
});

export const operators: readonly Operator[] = [
  skipNormalization({ type: "SkipLayerNormalization", flopsPerElement: LAYER, hasBeta: true }),
  skipNormalization({ type: "SkipSimplifiedLayerNormalization", flopsPerElement: RMS, hasBeta: false }),
  simplifiedLayerNormalization,
];
