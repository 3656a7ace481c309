import type { Tensor } from "../builder.js";
import { dimOf } from "../builder.js";
import type { Family } from "./net.js";
import { ConvNet } from "./net.js";

/** Expansion, output channels, blocks and stride of each stage (Sandler et al., 2018, table 2). */
const STAGES: readonly (readonly [expansion: number, out: number, blocks: number, stride: number])[] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];
const STEM = 32;
const LAST = 1280;
const ACTIVATION = "relu6";

function invertedResidual(net: ConvNet, x: Tensor, expansion: number, out: number, stride: number): Tensor {
  const channels = dimOf(x, 1);
  let y = x;
  if (expansion > 1) {
    y = net.unit(y, { out: net.variation.channelsOf(channels * expansion), kernel: 1, activation: ACTIVATION });
  }
  y = net.depthwise(y, 3, stride, ACTIVATION);
  y = net.unit(y, { out, kernel: 1, activation: "none" });
  return stride === 1 && channels === out ? net.builder.add(x, y) : y;
}

/** MobileNetV2: inverted residuals with ReLU6; a block whose channels change has no shortcut. */
export const mobilenetv2: Family = (variation) => {
  const net = new ConvNet(variation);
  const multiplier = variation.choose(1, [0.35, 0.5, 0.75, 1, 1, 1.4]);
  variation.scaleWidth(multiplier);

  let x = net.unit(net.input, { out: variation.channels(STEM), kernel: 3, stride: 2, activation: ACTIVATION });
  for (const [expansion, originalOut, blocks, stride] of STAGES) {
    let out = variation.channels(originalOut);
    for (let i = 0; i < blocks; i++) {
      if (i > 0 && !variation.traits.tiedResiduals) out = variation.channels(originalOut);
      x = invertedResidual(net, x, expansion, out, i === 0 ? stride : 1);
    }
    x = net.maybePointwise(x, ACTIVATION);
  }
  x = net.unit(x, { out: variation.channels(LAST), kernel: 1, activation: ACTIVATION });
  return net.finished(net.classifier(x), `mobilenetv2_x${multiplier}`);
};
