import { floatAttr, intAttr } from "../../onnx/attributes.js";
import { assertBroadcastsTo, assertVector, contradiction, flag, malformed, positiveInt } from "../checks.js";
import { fact, optionalInput, requiredInput } from "../facts.js";
import { defineOperator, type Operator } from "../operator.js";
import { computeCost, perElement } from "../work.js";
import { MICROSOFT } from "./domains.js";
import { toChannelsFirst } from "./layout.js";

/** GroupNormalization as ai.onnx counts it, and x * Sigmoid(x). */
const GROUP_NORMALIZATION = 5;
const SILU = 5;

interface GroupNormAttributes {
  readonly groups: number;
  readonly epsilon: number;
  readonly silu: boolean;
  readonly channelsLast: boolean;
}

/**
 * Statistics for each sample and group of channels, as diffusion models have it: the channels last unless
 * `channels_last` is 0, a SiLU after it where `activation` is 1. The variant with a skip normalizes `X + skip + bias`,
 * which is its second output; skip may be as large as X or one element for each sample and channel.
 */
function groupNorm(type: string, hasSkip: boolean): Operator {
  return defineOperator<GroupNormAttributes>({
    domain: MICROSOFT,
    type,
    since: [1],
    kind: "normalization",
    parseAttributes(node) {
      const activation = intAttr(node, "activation", 0);
      if (activation !== 0 && activation !== 1) {
        throw malformed(node, "activation", `activation must be 0 or 1, not ${activation}`);
      }
      return {
        groups: positiveInt(node, "groups", 0),
        epsilon: floatAttr(node, "epsilon", 1e-5),
        silu: activation === 1,
        channelsLast: flag(node, "channels_last", true),
      };
    },
    inferShapes(context) {
      const { node, attributes } = context;
      const x = requiredInput(context, 0, "X");
      const channels = (attributes.channelsLast ? toChannelsFirst(node, x) : x).shape?.[1] ?? null;
      if (typeof channels === "number" && channels % attributes.groups !== 0) {
        throw contradiction(node, "groups", `${channels} channels cannot be divided into ${attributes.groups} groups`);
      }
      assertVector(node, "gamma", requiredInput(context, 1, "gamma").shape, channels);
      assertVector(node, "beta", requiredInput(context, 2, "beta").shape, channels);
      if (hasSkip) {
        const skip = requiredInput(context, 3, "skip").shape;
        if (skip?.length === x.shape?.length) assertBroadcastsTo(node, "skip", skip, x.shape);
        assertVector(node, "bias", optionalInput(context, 4)?.shape ?? null, channels);
      }
      const result = fact(x.dtype, x.shape);
      return [result, result].slice(0, node.outputs.length);
    },
    cost(context) {
      const additions = hasSkip ? 1 + (optionalInput(context, 4) === null ? 0 : 1) : 0;
      const flops = GROUP_NORMALIZATION + (context.attributes.silu ? SILU : 0) + additions;
      return computeCost(context, { otherFlops: perElement(context.inputs[0]?.shape, flops) });
    },
  });
}

export const operators: readonly Operator[] = [groupNorm("GroupNorm", false), groupNorm("SkipGroupNorm", true)];
