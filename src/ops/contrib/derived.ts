import type { DataType } from "../../onnx/dtype.js";
import type { OnnxNode } from "../../onnx/types.js";
import { checkedAdd } from "../../shapes/dims.js";
import { flag } from "../checks.js";
import { fact } from "../facts.js";
import { defineOperator, type CostContext, type InferenceContext, type Operator, type ValueFact } from "../operator.js";
import { computeCost, perElement } from "../work.js";
import { fusedActivationFlops } from "./fused-activation.js";
import { toChannelsFirst, toChannelsLast } from "./layout.js";
import type { Standard, Tensors } from "./standard.js";

export interface DerivedAttributes {
  /** Those of the standard operator. */
  readonly base: unknown;
  readonly channelsLast: boolean;
  /** For each output element; 0 where nothing is fused. */
  readonly activationFlops: number;
}

export interface Derivation {
  readonly domain: string;
  readonly type: string;
  /** The operator whose shapes and products this one has. */
  readonly base: Standard;
  /** Its operands among this one's inputs; all of them, in order, where left out. */
  readonly operands?: (inputs: Tensors) => Tensors;
  /** Whether the first operand and the result are `[N, ...spatial, C]`: always, or where `channels_last` says so. */
  readonly channelsLast?: "always" | "attribute";
  /** Whether an attribute `activation` names what follows. */
  readonly activation?: boolean;
  /** Element type of the result where it is not the standard operator's. */
  readonly resultType?: (context: InferenceContext<DerivedAttributes>) => DataType | null;
  /** FLOPs over the standard operator's, without the activation's. */
  readonly extraFlops?: (context: CostContext<DerivedAttributes>) => number;
}

/** An operator that does what a standard one does, on operands that lie or are typed differently, and a little more. */
export function derived(options: Derivation): Operator {
  const { base, resultType, extraFlops } = options;
  return defineOperator<DerivedAttributes>({
    domain: options.domain,
    type: options.type,
    since: [1],
    kind: base.kind,
    parseAttributes: (node) => ({
      base: base.parseAttributes(node),
      channelsLast: isChannelsLast(node, options.channelsLast),
      activationFlops: options.activation === true ? fusedActivationFlops(node) : 0,
    }),
    inferShapes(context) {
      const { node, attributes } = context;
      const [result, ...others] = base.inferShapes(node, attributes.base, operandsOf(options, context));
      if (result === undefined) return [];
      const laid = attributes.channelsLast ? toChannelsLast(node, result) : result;
      return [resultType === undefined ? laid : fact(resultType(context), laid.shape), ...others];
    },
    cost(context) {
      const { node, attributes, outputs } = context;
      const [result = null, ...others] = outputs;
      const first = attributes.channelsLast && result !== null ? toChannelsFirst(node, result) : result;
      const work = base.work(node, attributes.base, operandsOf(options, context), [first, ...others]);
      const activation = attributes.activationFlops === 0 ? 0 : elementFlops(result, attributes.activationFlops);
      const extra = checkedAdd(activation, extraFlops?.(context) ?? 0);
      return computeCost(context, { macs: work.macs, otherFlops: checkedAdd(work.otherFlops, extra) });
    },
  });
}

function isChannelsLast(node: OnnxNode, rule: Derivation["channelsLast"]): boolean {
  return rule === "always" || (rule === "attribute" && flag(node, "channels_last", false));
}

function operandsOf(options: Derivation, { node, inputs, attributes }: InferenceContext<DerivedAttributes>): Tensors {
  const operands = options.operands?.(inputs) ?? inputs;
  const [first, ...others] = operands;
  return attributes.channelsLast && first ? [toChannelsFirst(node, first), ...others] : operands;
}

/** The inputs at these places; null for one that the node leaves out. */
export function pick(...places: readonly number[]): (inputs: Tensors) => Tensors {
  return (inputs) => places.map((place) => inputs[place] ?? null);
}

/**
 * FLOPs of a number of operations on every element of a tensor; 0 where it is left out.
 * @throws ModelError("limit-exceeded") past the safe integers.
 */
export function elementFlops(tensor: ValueFact | null | undefined, operations: number): number {
  return tensor === null || tensor === undefined ? 0 : perElement(tensor.shape, operations);
}
