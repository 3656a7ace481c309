import { stringAttr } from "../../onnx/attributes.js";
import type { OnnxNode } from "../../onnx/types.js";
import { checkedAdd, checkedMul, checkedProduct } from "../../shapes/dims.js";
import { assertMinimumRank, assertSameDim, contradiction, malformed, positiveInt } from "../checks.js";
import { fact, requiredInput, tensorBytes } from "../facts.js";
import { defineOperator, type CostContext, type InferenceContext, type Operator } from "../operator.js";
import { knownElements } from "../work.js";
import { assertRank, knownDims } from "./dimensions.js";
import { MICROSOFT } from "./domains.js";
import { DEQUANTIZE } from "./quantization.js";

/** FLOPs for each element of an expert's inner layer, by `activation_type`; a gated one multiplies two halves. */
const ACTIVATIONS: ReadonlyMap<string, { readonly flops: number; readonly gated: boolean }> = new Map([
  ["identity", { flops: 0, gated: false }],
  ["relu", { flops: 1, gated: false }],
  ["relu2", { flops: 2, gated: false }],
  ["gelu", { flops: 5, gated: false }],
  ["silu", { flops: 5, gated: false }],
  ["swiglu", { flops: 7, gated: true }],
  ["geglu", { flops: 6, gated: true }],
]);
const SOFTMAX = 5;
const EXPERTS_AXIS = 0;

interface MoeAttributes {
  /** Experts that each token goes through. */
  readonly chosen: number;
  readonly activation: { readonly flops: number; readonly gated: boolean };
}

/** Where the layers' weights and biases stand. */
interface Places {
  readonly type: string;
  readonly weights: readonly [first: number, second: number, third: number];
  readonly biases: readonly [first: number, second: number, third: number];
  readonly quantized: boolean;
}

/**
 * A mixture of experts, each a network of two layers (three where the gate is one by itself), of which every token goes
 * through `k`:
 *
 *     input [tokens, D] or [B, S, D]    router [tokens, E]    first layer [E, rows, D]    second [E, D, I]    -> as the input
 *
 *     MACs   tokens · k · (rows · D + D · I, and rows · D of a third layer)
 *     FLOPs  softmax 5 for each token and expert; for each token and chosen expert the activation and biases of what it
 *            makes, and 2 · D for weighing the results; dequantizing the weights that are read, 2 each
 *
 * Of the experts' tensors as much is read as tokens · k experts have, all of them at most.
 */
function mixtureOfExperts(places: Places): Operator {
  return defineOperator<MoeAttributes>({
    domain: MICROSOFT,
    type: places.type,
    since: [1],
    kind: "matmul",
    parseAttributes: (node) => ({ chosen: positiveInt(node, "k", 1), activation: activationOf(node) }),
    inferShapes(context) {
      const { node } = context;
      const input = requiredInput(context, 0, "input");
      const router = requiredInput(context, 1, "router_probs").shape;
      assertMinimumRank(node, "input", input.shape, 2);
      assertRank(node, "router_probs", router, 2);
      for (const place of places.weights.slice(0, 2)) {
        const weights = requiredInput(context, place, "experts_weights").shape;
        assertRank(node, "experts_weights", weights, 3);
        const experts = weights?.[EXPERTS_AXIS] ?? null;
        assertSameDim(node, "experts_weights", router?.[1] ?? null, experts, "experts of router_probs and weights");
      }
      const rows = context.inputs[places.weights[0]]?.shape?.[1] ?? null;
      if (halves(context, places) && typeof rows === "number" && rows % 2 !== 0) {
        throw contradiction(node, "experts_weights", `${rows} rows of a gated layer have no halves`);
      }
      return [fact(input.dtype, input.shape)];
    },
    cost: (context) => expertsCost(context, places),
  });
}

/** Whether the first layer makes the gate as well as what it opens. */
function halves({ attributes, inputs }: InferenceContext<MoeAttributes>, { weights: [, , third] }: Places): boolean {
  return attributes.activation.gated && !inputs[third];
}

function activationOf(node: OnnxNode): MoeAttributes["activation"] {
  const name = stringAttr(node, "activation_type", "relu");
  const activation = ACTIVATIONS.get(name);
  if (activation !== undefined) return activation;
  throw malformed(node, "activation_type", `activation "${name}" is not known`);
}

function expertsCost(context: CostContext<MoeAttributes>, places: Places) {
  const { inputs, outputs, attributes } = context;
  const [first, , third] = places.weights.map((place) => inputs[place] ?? null);
  const width = knownDims(inputs[0]?.shape).at(-1) ?? 0;
  const tokens = width === 0 ? 0 : knownElements(inputs[0]?.shape) / width;
  const [experts = 0, rows = 0] = knownDims(first?.shape);
  // Packed weights do not show how wide the inner layer is; the first layer's rows do.
  const inner = halves(context, places) ? rows / 2 : rows;
  const runs = checkedMul(tokens, attributes.chosen);
  const weights = checkedAdd(checkedProduct([width, rows, third ? 2 : 1]), checkedProduct([inner, width]));
  const [biasOfFirst, biasOfSecond, biasOfThird] = places.biases.map((place) => (inputs[place] ? 1 : 0));
  const added = rows * ((biasOfFirst ?? 0) + (biasOfThird ?? 0)) + width * (biasOfSecond ?? 0);
  const elementwise = attributes.activation.flops * inner + added + 2 * width;
  const share = experts === 0 ? 0 : Math.min(1, runs / experts);
  const dequantized = places.quantized ? checkedMul(DEQUANTIZE, Math.round(checkedMul(experts, weights) * share)) : 0;
  const macs = checkedMul(runs, weights);
  const routed = checkedAdd(checkedProduct([tokens, experts, SOFTMAX]), checkedMul(runs, elementwise));
  const ofExperts = inputs.slice(2);
  return {
    macs,
    flops: checkedAdd(checkedAdd(checkedMul(2, macs), routed), dequantized),
    bytesRead: checkedAdd(tensorBytes(inputs.slice(0, 2)), Math.round(tensorBytes(ofExperts) * share)),
    bytesWritten: tensorBytes(outputs),
  };
}

export const operators: readonly Operator[] = [
  mixtureOfExperts({ type: "MoE", weights: [2, 4, 6], biases: [3, 5, 7], quantized: false }),
  // Behind each layer's weights come their scales and its bias.
  mixtureOfExperts({ type: "QMoE", weights: [2, 5, 8], biases: [4, 7, 10], quantized: true }),
];
