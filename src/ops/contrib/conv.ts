import * as conv from "../conv.js";
import type { Operator } from "../operator.js";
import * as pool from "../pool.js";
import * as quantize from "../quantize.js";
import { derived, elementFlops, pick, type Derivation } from "./derived.js";
import { MICROSOFT } from "./domains.js";
import { standard } from "./standard.js";

/**
 * Convolutions and pools as the optimiser rewrites them: with the activation and the residual addition that follow
 * (inputs X, W, B, Z: `activation(conv(X, W) + B + Z)`), and with the channels last. The weights stay `[Cout, Cin /
 * group, ...kernel]` in either layout. MACs are those of the plain convolution.
 */

const CONV = standard(conv.operators, "Conv", 22);
const Q_LINEAR_CONV = standard(quantize.operators, "QLinearConv", 10);
const MAX_POOL = standard(pool.operators, "MaxPool", 12);

/** Everything about a convolution with a fused activation and addition, but its domain, name and layout. */
export const FUSED_CONV: Omit<Derivation, "domain" | "type"> = {
  base: CONV,
  operands: pick(0, 1, 2),
  activation: true,
  // Adding Z is one operation for each output.
  extraFlops: ({ inputs, outputs }) => (inputs[3] ? elementFlops(outputs[0], 1) : 0),
};

export const operators: readonly Operator[] = [
  derived({ domain: MICROSOFT, type: "FusedConv", ...FUSED_CONV }),
  derived({ domain: MICROSOFT, type: "NhwcFusedConv", channelsLast: "always", ...FUSED_CONV }),
  derived({ domain: MICROSOFT, type: "NhwcConv", base: CONV, channelsLast: "always" }),
  derived({ domain: MICROSOFT, type: "NhwcMaxPool", base: MAX_POOL, channelsLast: "always" }),
  derived({ domain: MICROSOFT, type: "QLinearConv", base: Q_LINEAR_CONV, channelsLast: "attribute" }),
];
