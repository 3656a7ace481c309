import type { Tensor } from "../builder.js";
import type { Family } from "./net.js";
import { ConvNet } from "./net.js";

/** Output channels and stride of the separable blocks (Howard et al., 2017, table 1). */
const BLOCKS: readonly (readonly [out: number, stride: number])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
];
const STEM = 32;

/** MobileNet: depthwise and pointwise convolutions, at the paper's width multipliers, with ReLU or ReLU6. */
export const mobilenetv1: Family = (variation) => {
  const net = new ConvNet(variation);
  const multiplier = variation.choose(1, [0.25, 0.5, 0.75, 1, 1]);
  variation.scaleWidth(multiplier);
  const activation = variation.choose("relu", ["relu", "relu6"]);

  let x: Tensor = net.unit(net.input, { out: variation.channels(STEM), kernel: 3, stride: 2, activation });
  for (const [out, stride] of BLOCKS) {
    x = net.depthwise(x, 3, stride, activation);
    x = net.unit(x, { out: variation.channels(out), kernel: 1, activation });
    x = net.maybePointwise(x, activation);
  }
  return net.finished(net.classifier(x), `mobilenetv1_x${multiplier}`);
};
