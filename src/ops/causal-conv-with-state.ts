import { stringAttr } from "../onnx/attributes.js";
import { formatShape, subDims } from "../shapes/dims.js";
import { assertSameDim, assertVector, contradiction, malformed } from "./checks.js";
import { assertRank } from "./contrib/dimensions.js";
import { convMacs } from "./conv.js";
import { fact, optionalInput, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";
import { computeCost, perElement } from "./work.js";

/** FLOPs of the activation that follows: x · Sigmoid(x). */
const ACTIVATIONS: ReadonlyMap<string, number> = new Map([
  ["none", 0],
  ["silu", 5],
  ["swish", 5],
]);

export interface CausalConvAttributes {
  readonly activationFlops: number;
}

/**
 * CausalConvWithState: a depthwise convolution along one axis that sees the past only.
 *
 *     input [N, C, L], weight [C, 1, k], bias [C], past [N, C, k - 1]  ->  output [N, C, L], present [N, C, k - 1]
 *
 * Cost as Conv's: N · C · L · k MACs, 1 FLOP an element for a bias, and the activation.
 */
const causalConvWithState = defineOperator<CausalConvAttributes>({
  domain: "",
  type: "CausalConvWithState",
  since: [27],
  kind: "conv",
  parseAttributes(node) {
    const activationFlops = ACTIVATIONS.get(stringAttr(node, "activation", "none"));
    if (activationFlops !== undefined) return { activationFlops };
    throw malformed(node, "activation", `activation must be one of ${[...ACTIVATIONS.keys()].join(", ")}`);
  },
  inferShapes(context) {
    const { node } = context;
    const input = requiredInput(context, 0, "input");
    const weight = requiredInput(context, 1, "weight");
    const past = optionalInput(context, 3)?.shape ?? null;
    assertRank(node, "input", input.shape, 3);
    assertRank(node, "weight", weight.shape, 3);
    assertRank(node, "past_state", past, 3);
    const channels = input.shape?.[1] ?? weight.shape?.[0] ?? null;
    assertSameDim(node, "weight", channels, weight.shape?.[0] ?? null, "channels of input and weight");
    assertSameDim(node, "weight", weight.shape?.[1] ?? null, 1, "second axis of a depthwise weight");
    assertVector(node, "bias", optionalInput(context, 2)?.shape ?? null, channels);
    const kernel = weight.shape?.[2] ?? null;
    if (kernel === 0) throw contradiction(node, "weight", `weight ${formatShape(weight.shape)} holds an empty kernel`);
    const kept = subDims(kernel, 1);
    assertSameDim(node, "past_state", past?.[2] ?? null, kept, "positions of past_state");
    const dtype = input.dtype ?? weight.dtype;
    const state = fact(dtype, [input.shape?.[0] ?? null, channels, kept ?? past?.[2] ?? null]);
    return [fact(dtype, input.shape), state].slice(0, node.outputs.length);
  },
  cost(context) {
    const output = context.outputs[0]?.shape;
    const bias = optionalInput(context, 2) === null ? 0 : 1;
    return computeCost(context, {
      macs: convMacs(output, context.inputs[1]?.shape),
      otherFlops: perElement(output, bias + context.attributes.activationFlops),
    });
  },
});

export const operators: readonly Operator[] = [causalConvWithState];
