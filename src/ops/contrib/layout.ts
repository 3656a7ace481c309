import type { OnnxNode, Shape } from "../../onnx/types.js";
import { formatShape } from "../../shapes/dims.js";
import { contradiction } from "../checks.js";
import type { ValueFact } from "../operator.js";

/**
 * A tensor stored as `[N, ...spatial, C]`, described as `[N, C, ...spatial]`.
 * @throws ModelError("invalid-graph") for one without channels.
 */
export function toChannelsFirst(node: OnnxNode, tensor: ValueFact): ValueFact {
  const { shape } = tensor;
  assertChannels(node, shape);
  const moved = shape === null ? null : [shape[0] ?? null, shape.at(-1) ?? null, ...shape.slice(1, -1)];
  return { ...tensor, shape: moved, value: null };
}

/** The way back: `[N, C, ...spatial]` described as `[N, ...spatial, C]`. */
export function toChannelsLast(node: OnnxNode, tensor: ValueFact): ValueFact {
  const { shape } = tensor;
  assertChannels(node, shape);
  const moved = shape === null ? null : [shape[0] ?? null, ...shape.slice(2), shape[1] ?? null];
  return { ...tensor, shape: moved, value: null };
}

function assertChannels(node: OnnxNode, shape: Shape): void {
  if (shape !== null && shape.length < 2) throw contradiction(node, "X", `X ${formatShape(shape)} has no channels`);
}
