import type { Tensor } from "../builder.js";
import type { Family } from "./net.js";
import { ConvNet } from "./net.js";

/** Convolutions in each of the five stages (Simonyan and Zisserman, 2014: columns A, B, D and E). */
const STAGES = {
  vgg11: [1, 1, 2, 2, 2],
  vgg13: [2, 2, 2, 2, 2],
  vgg16: [2, 2, 3, 3, 3],
  vgg19: [2, 2, 4, 4, 4],
} as const;
const WIDTHS = [64, 128, 256, 512, 512] as const;
const MEMBERS = ["vgg11", "vgg13", "vgg16", "vgg19"] as const;

/** VGG with and without batch norm. The full width at 224x224 is over the cost bound, so most variants are narrower. */
export const vgg: Family = (variation) => {
  const net = new ConvNet(variation);
  const { builder } = net;
  const member = variation.choose("vgg16", MEMBERS);
  variation.scaleWidth(variation.choose(1, [0.25, 0.35, 0.5, 0.75]));
  const hidden = variation.choose(4096, [4096, 2048, 1024, 512]);

  let x: Tensor = net.input;
  WIDTHS.forEach((width, stage) => {
    for (let i = 0; i < (STAGES[member][stage] ?? 0); i++) {
      x = net.unit(x, { out: variation.channels(width), kernel: 3 });
    }
    x = builder.maxPool(net.maybePointwise(x), { kernel: 2, stride: 2 });
  });
  // Exporters write torchvision's adaptive pooling from 7x7 to 7x7 as a pooling of 1x1 windows.
  if (variation.choose(true, [true, false])) x = builder.avgPool(x, { kernel: 1 });
  x = builder.relu(builder.gemm(builder.flatten(x), hidden));
  x = builder.relu(builder.gemm(x, hidden));
  return net.finished(builder.gemm(x, variation.traits.classes), member);
};
