import { intsAttr, stringAttr } from "../../onnx/attributes.js";
import type { Dim, OnnxNode, Shape } from "../../onnx/types.js";
import { checkedProduct, formatShape, mulDims } from "../../shapes/dims.js";
import { contradiction, flag, malformed, positiveInt } from "../checks.js";
import { copyCost, fact, requiredInput } from "../facts.js";
import * as globalPool from "../global-pool.js";
import { defineOperator, type Operator } from "../operator.js";
import * as pool from "../pool.js";
import { computeCost, perElement } from "../work.js";
import { FUSED_CONV } from "./conv.js";
import { derived } from "./derived.js";
import { MICROSOFT_NCHWC } from "./domains.js";
import { toChannelsFirst, toChannelsLast } from "./layout.js";
import { standard } from "./standard.js";

/**
 * Operators on tensors whose channels lie in blocks of 8 (AVX2, NEON) or 16 (AVX-512), filled up with zeros. Shapes
 * are written `[N, C, ...spatial]` with C filled up, and so are the weights in the file: channels that only fill a
 * block count in MACs and bytes, since the file holds them and the engine computes them.
 *
 * Source: ONNX Runtime, `nchwc_schema_defs.cc`.
 */

/** A multiple of both block sizes needs no filling up; any other number of channels depends on the machine. */
const LARGEST_BLOCK = 16;

/** From `[N, C, ...]`, or with `channels_last` from `[N, ..., C]`, into blocks. */
const reorderInput = defineOperator<{ readonly channelsLast: boolean }>({
  domain: MICROSOFT_NCHWC,
  type: "ReorderInput",
  since: [1],
  kind: "movement",
  parseAttributes: (node) => ({ channelsLast: flag(node, "channels_last", false) }),
  inferShapes(context) {
    const { node, attributes } = context;
    const x = requiredInput(context, 0, "X");
    const { dtype, shape } = attributes.channelsLast ? toChannelsFirst(node, x) : x;
    return [fact(dtype, withChannels(node, shape, filledUp))];
  },
  cost: copyCost,
});

function filledUp(channels: Dim): Dim {
  return typeof channels === "number" && channels % LARGEST_BLOCK === 0 ? channels : null;
}

/** Back out of the blocks; `channels` are those that were there before filling up. */
const reorderOutput = defineOperator<{ readonly channels: number; readonly channelsLast: boolean }>({
  domain: MICROSOFT_NCHWC,
  type: "ReorderOutput",
  since: [1],
  kind: "movement",
  parseAttributes: (node) => ({
    channels: positiveInt(node, "channels", 0),
    channelsLast: flag(node, "channels_last", false),
  }),
  inferShapes(context) {
    const { node, attributes } = context;
    const x = requiredInput(context, 0, "X");
    const plain = fact(x.dtype, withChannels(node, x.shape, () => attributes.channels));
    return [attributes.channelsLast ? toChannelsLast(node, plain) : plain];
  },
  cost: copyCost,
});

function withChannels(node: OnnxNode, shape: Shape, channelsOf: (channels: Dim) => Dim): Shape {
  if (shape === null) return null;
  if (shape.length < 2) throw contradiction(node, "X", `X ${formatShape(shape)} has no channels`);
  return shape.map((dim, axis) => (axis === 1 ? channelsOf(dim) : dim));
}

interface UpsampleAttributes {
  /** One for each axis; null: not given. */
  readonly scales: readonly number[] | null;
  readonly linear: boolean;
}

/** Upsample by whole factors; linear costs 2 · 2^d for each output, d axes growing, as Resize does. */
const upsample = defineOperator<UpsampleAttributes>({
  domain: MICROSOFT_NCHWC,
  type: "Upsample",
  since: [1],
  kind: "movement",
  parseAttributes(node) {
    const scales = intsAttr(node, "scales") ?? null;
    const wrong = scales?.find((scale) => scale < 1);
    if (wrong !== undefined) throw malformed(node, "scales", `scales must be at least 1, not ${wrong}`);
    return { scales, linear: stringAttr(node, "mode", "nearest") === "linear" };
  },
  inferShapes(context) {
    const { scales } = context.attributes;
    const { dtype, shape } = requiredInput(context, 0, "X");
    if (scales === null || shape === null) return [fact(dtype, null)];
    if (scales.length !== shape.length) {
      throw contradiction(context.node, "scales", `${scales.length} scales for X ${formatShape(shape)}`);
    }
    return [fact(dtype, shape.map((dim, axis) => mulDims(dim, scales[axis] ?? 1)))];
  },
  cost(context) {
    const { scales, linear } = context.attributes;
    const growing = (scales ?? []).filter((scale) => scale > 1).length;
    const neighbours = checkedProduct(new Array<number>(growing).fill(2));
    return computeCost(context, { otherFlops: linear ? perElement(context.outputs[0]?.shape, 2 * neighbours) : 0 });
  },
});

const blocked = { domain: MICROSOFT_NCHWC } as const;

export const operators: readonly Operator[] = [
  reorderInput,
  reorderOutput,
  upsample,
  derived({ ...blocked, type: "Conv", ...FUSED_CONV }),
  derived({ ...blocked, type: "MaxPool", base: standard(pool.operators, "MaxPool", 12) }),
  derived({ ...blocked, type: "AveragePool", base: standard(pool.operators, "AveragePool", 19) }),
  derived({ ...blocked, type: "GlobalMaxPool", base: standard(globalPool.operators, "GlobalMaxPool", 1) }),
  derived({ ...blocked, type: "GlobalAveragePool", base: standard(globalPool.operators, "GlobalAveragePool", 1) }),
];
