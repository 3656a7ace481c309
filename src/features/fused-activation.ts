/** What a fused activation costs: Relu is part of the convolution's kernel, the others are a pass over its output. */
export type ActivationCost = "none" | "clamp" | "piecewise" | "exponential";

const COSTS: ReadonlyMap<string, ActivationCost> = new Map([
  ["Relu", "none"],
  ["Clip", "clamp"],
  ["LeakyRelu", "clamp"],
  ["HardSigmoid", "piecewise"],
  ["HardSwish", "piecewise"],
]);

/** Of an operator that is fused into another; one that is not known costs as much as a logistic function. */
export function activationCost(activation: string | null): ActivationCost {
  return activation === null ? "none" : (COSTS.get(activation) ?? "exponential");
}
