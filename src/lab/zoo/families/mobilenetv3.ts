import type { Activation, Tensor } from "../builder.js";
import { dimOf } from "../builder.js";
import type { Family } from "./net.js";
import { ConvNet } from "./net.js";

/** Kernel, expanded and output channels, squeeze-and-excite, nonlinearity, stride (Howard et al., 2019, tables 1, 2). */
type Bneck = readonly [kernel: number, expanded: number, out: number, se: 0 | 1, nonlinearity: "RE" | "HS", stride: number];

const LARGE: readonly Bneck[] = [
  [3, 16, 16, 0, "RE", 1],
  [3, 64, 24, 0, "RE", 2],
  [3, 72, 24, 0, "RE", 1],
  [5, 72, 40, 1, "RE", 2],
  [5, 120, 40, 1, "RE", 1],
  [5, 120, 40, 1, "RE", 1],
  [3, 240, 80, 0, "HS", 2],
  [3, 200, 80, 0, "HS", 1],
  [3, 184, 80, 0, "HS", 1],
  [3, 184, 80, 0, "HS", 1],
  [3, 480, 112, 1, "HS", 1],
  [3, 672, 112, 1, "HS", 1],
  [5, 672, 160, 1, "HS", 2],
  [5, 960, 160, 1, "HS", 1],
  [5, 960, 160, 1, "HS", 1],
];
const SMALL: readonly Bneck[] = [
  [3, 16, 16, 1, "RE", 2],
  [3, 72, 24, 0, "RE", 2],
  [3, 88, 24, 0, "RE", 1],
  [5, 96, 40, 1, "HS", 2],
  [5, 240, 40, 1, "HS", 1],
  [5, 240, 40, 1, "HS", 1],
  [5, 120, 48, 1, "HS", 1],
  [5, 144, 48, 1, "HS", 1],
  [5, 288, 96, 1, "HS", 2],
  [5, 576, 96, 1, "HS", 1],
  [5, 576, 96, 1, "HS", 1],
];
const MEMBERS = {
  mobilenetv3_large: { blocks: LARGE, last: 960, hidden: 1280 },
  mobilenetv3_small: { blocks: SMALL, last: 576, hidden: 1024 },
} as const;
const STEM = 16;
const SQUEEZE_RATIO = 4;
const SQUEEZE_MULTIPLE = 8;

/** Hidden channels of a squeeze-and-excite block: a quarter, as a multiple of 8 that is not over 10 % below it. */
function squeezedChannels(channels: number): number {
  const target = channels / SQUEEZE_RATIO;
  const rounded = Math.max(1, Math.round(target / SQUEEZE_MULTIPLE)) * SQUEEZE_MULTIPLE;
  return rounded < 0.9 * target ? rounded + SQUEEZE_MULTIPLE : rounded;
}

function bottleneck(net: ConvNet, x: Tensor, spec: Bneck, out: number, hardSwish: Activation): Tensor {
  const [kernel, expanded, , squeezes, nonlinearity, stride] = spec;
  const activation = nonlinearity === "HS" ? hardSwish : "relu";
  const channels = dimOf(x, 1);
  let y = x;
  if (expanded !== STEM) y = net.unit(y, { out: net.variation.channels(expanded), kernel: 1, activation });
  y = net.depthwise(y, kernel, stride, activation);
  if (squeezes === 1) y = net.builder.squeezeExcite(y, squeezedChannels(dimOf(y, 1)));
  y = net.unit(y, { out, kernel: 1, activation: "none" });
  return stride === 1 && channels === out ? net.builder.add(y, x) : y;
}

/** MobileNetV3 large and small, hard-swish as one operator or as HardSigmoid and Mul. */
export const mobilenetv3: Family = (variation) => {
  const net = new ConvNet(variation);
  const { builder } = net;
  const member = variation.choose("mobilenetv3_large", ["mobilenetv3_large", "mobilenetv3_small"]);
  const { blocks, last, hidden } = MEMBERS[member];
  variation.scaleWidth(variation.choose(1, [0.75, 1, 1]));
  const hardSwish: Activation = variation.choose("hardSwish", ["hardSwish", "hardSwishPair"]);

  let x = net.unit(net.input, { out: variation.channels(STEM), kernel: 3, stride: 2, activation: hardSwish });
  let previous = { original: STEM, drawn: dimOf(x, 1) };
  for (const spec of blocks) {
    const [, , original] = spec;
    const keeps = variation.traits.tiedResiduals && original === previous.original;
    const out = keeps ? previous.drawn : variation.channels(original);
    x = net.maybePointwise(bottleneck(net, x, spec, out, hardSwish), hardSwish);
    previous = { original, drawn: out };
  }
  x = net.unit(x, { out: variation.channels(last), kernel: 1, activation: hardSwish });
  x = builder.activate(hardSwish, builder.gemm(net.spatialMean(x), variation.scaled(hidden)));
  return net.finished(builder.gemm(x, variation.traits.classes), member);
};
