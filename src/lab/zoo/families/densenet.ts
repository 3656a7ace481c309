import type { Tensor } from "../builder.js";
import { dimOf } from "../builder.js";
import type { Family } from "./net.js";
import { ConvNet } from "./net.js";

/** Dense layers per block: DenseNet-121 (Huang et al., 2016, table 1) and shorter ones of its kind. */
const MEMBERS = {
  densenet121: [6, 12, 24, 16],
  densenet77: [6, 8, 12, 10],
  densenet63: [4, 8, 10, 7],
  densenet43: [3, 5, 7, 4],
} as const;
const NAMES = ["densenet121", "densenet77", "densenet63", "densenet43"] as const;
const BOTTLENECK = 4;
const STEM = 64;

/** Batch norm and Relu before a convolution: not to be folded, so nodes in every variant. */
function preActivation(net: ConvNet, x: Tensor): Tensor {
  return net.builder.relu(net.builder.batchNorm(x));
}

/** DenseNet with bottlenecks and compression of one half. */
export const densenet: Family = (variation) => {
  const net = new ConvNet(variation);
  const { builder } = net;
  const member = variation.choose("densenet121", NAMES);
  const growth = variation.choose(32, [12, 16, 24, 32]);

  let x = net.unit(net.input, { out: variation.channels(STEM), kernel: 7, stride: 2 });
  x = builder.maxPool(x, { kernel: 3, stride: 2, pad: 1 });
  const blocks = MEMBERS[member];
  blocks.forEach((layers, block) => {
    const features: Tensor[] = [net.maybePointwise(x)];
    for (let i = 0; i < layers; i++) {
      // The first layer of a block concatenates a single tensor in exports, too, which costs nothing once optimised.
      const joined = builder.concat(features);
      const squeezed = net.unit(preActivation(net, joined), { out: variation.channels(BOTTLENECK * growth), kernel: 1 });
      const grown = { out: variation.channels(growth), kernel: 3, activation: "none", offset: "none" } as const;
      features.push(net.unit(squeezed, grown));
    }
    x = builder.concat(features);
    if (block === blocks.length - 1) return;
    const compressed = { out: variation.channelsOf(dimOf(x, 1) / 2), kernel: 1, activation: "none" } as const;
    x = net.unit(preActivation(net, x), { ...compressed, offset: "none" });
    x = builder.avgPool(x, { kernel: 2, stride: 2 });
  });
  return net.finished(net.classifier(preActivation(net, x)), member);
};
