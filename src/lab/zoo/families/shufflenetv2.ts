import type { Tensor } from "../builder.js";
import { dimOf } from "../builder.js";
import type { Family } from "./net.js";
import { ConvNet } from "./net.js";

/** Output channels of the three stages and of the last convolution (Ma et al., 2018, table 5). */
const MEMBERS = {
  "shufflenetv2_x0.5": { stages: [48, 96, 192], last: 1024 },
  "shufflenetv2_x1.0": { stages: [116, 232, 464], last: 1024 },
  "shufflenetv2_x1.5": { stages: [176, 352, 704], last: 1024 },
  "shufflenetv2_x2.0": { stages: [244, 488, 976], last: 2048 },
} as const;
const NAMES = ["shufflenetv2_x0.5", "shufflenetv2_x1.0", "shufflenetv2_x1.5", "shufflenetv2_x2.0"] as const;
const UNITS = [4, 8, 4] as const;
const STEM = 24;
const GROUPS = 2;

/** Pointwise, depthwise, pointwise; the last one's channels make the sum with the other branch even. */
function mainBranch(net: ConvNet, x: Tensor, half: number, stride: number, otherChannels: number): Tensor {
  const { variation } = net;
  let y = net.unit(x, { out: variation.channels(half), kernel: 1 });
  y = net.depthwise(y, 3, stride, "none");
  const drawn = variation.channels(half);
  return net.unit(y, { out: drawn + ((drawn + otherChannels) % GROUPS), kernel: 1 });
}

function downsample(net: ConvNet, x: Tensor, half: number): Tensor {
  const shortcut = net.unit(net.depthwise(x, 3, 2, "none"), { out: net.variation.channels(half), kernel: 1 });
  return net.builder.concat([shortcut, mainBranch(net, x, half, 2, dimOf(shortcut, 1))]);
}

function basicUnit(net: ConvNet, x: Tensor, half: number): Tensor {
  const kept = Math.floor(dimOf(x, 1) / 2);
  const [left, right] = net.builder.split(x, [kept, dimOf(x, 1) - kept]);
  if (left === undefined || right === undefined) throw new RangeError("a split in two has two parts");
  return net.builder.concat([left, mainBranch(net, right, half, 1, kept)]);
}

/** ShuffleNetV2: Split, Concat and the channel shuffle as Reshape, Transpose, Reshape. */
export const shufflenetv2: Family = (variation) => {
  const net = new ConvNet(variation);
  const { builder } = net;
  const member = variation.choose("shufflenetv2_x1.0", NAMES);
  const { stages, last } = MEMBERS[member];

  let x = net.unit(net.input, { out: variation.channels(STEM), kernel: 3, stride: 2 });
  x = builder.maxPool(x, { kernel: 3, stride: 2, pad: 1 });
  stages.forEach((channels, stage) => {
    x = builder.channelShuffle(downsample(net, x, channels / 2), GROUPS);
    for (let i = 1; i < (UNITS[stage] ?? 1); i++) x = builder.channelShuffle(basicUnit(net, x, channels / 2), GROUPS);
    x = net.maybePointwise(x);
  });
  x = net.unit(x, { out: variation.channels(last), kernel: 1 });
  return net.finished(net.classifier(x), member);
};
