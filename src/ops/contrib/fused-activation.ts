import { stringAttr } from "../../onnx/attributes.js";
import type { OnnxNode } from "../../onnx/types.js";
import { malformed } from "../checks.js";

/** FLOPs an element of the activations that ONNX Runtime folds into the operator before; as in `../activations.ts`. */
const FLOPS: ReadonlyMap<string, number> = new Map([
  ["Relu", 1],
  ["LeakyRelu", 1],
  ["ThresholdedRelu", 1],
  ["Clip", 1],
  ["Softsign", 3],
  ["Softplus", 3],
  ["Sigmoid", 4],
  ["HardSigmoid", 4],
  ["Elu", 4],
  ["Tanh", 5],
  ["Selu", 5],
  ["HardSwish", 5],
  ["Gelu", 5],
]);

/** The activations that can be named in the attribute. */
export const FUSED_ACTIVATIONS: readonly string[] = [...FLOPS.keys()];

/**
 * FLOPs for each output element of the activation that the attribute `activation` names; 0 for none.
 * @throws ModelError("malformed") for one that is not known.
 */
export function fusedActivationFlops(node: OnnxNode): number {
  const name = stringAttr(node, "activation", "");
  const flops = name === "" ? 0 : FLOPS.get(name);
  if (flops !== undefined) return flops;
  throw malformed(node, "activation", `activation "${name}" is not known`);
}
