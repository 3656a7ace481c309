import type { Tensor } from "../builder.js";
import type { Family } from "./net.js";
import { ConvNet } from "./net.js";

/** A fire module's channels: squeeze, expand (1x1 and 3x3 each). */
type Fire = readonly [squeeze: number, expand: number];

const FIRES: readonly Fire[] = [
  [16, 64],
  [16, 64],
  [32, 128],
  [32, 128],
  [48, 192],
  [48, 192],
  [64, 256],
  [64, 256],
];

/** Stem and the fire modules before which the map is pooled (Iandola et al., 2016; release 1.1). */
const MEMBERS = {
  squeezenet10: { stem: { out: 96, kernel: 7 }, pooledBefore: [0, 3, 7] },
  squeezenet11: { stem: { out: 64, kernel: 3 }, pooledBefore: [0, 2, 4] },
} as const;

function fire(net: ConvNet, x: Tensor, [squeeze, expand]: Fire): Tensor {
  const { variation } = net;
  const squeezed = net.unit(x, { out: variation.channels(squeeze), kernel: 1, offset: "bias" });
  const pointwise = net.unit(squeezed, { out: variation.channels(expand), kernel: 1, offset: "bias" });
  const spatial = net.unit(squeezed, { out: variation.channels(expand), kernel: 3, offset: "bias" });
  return net.builder.concat([pointwise, spatial]);
}

/** SqueezeNet 1.0 and 1.1. */
export const squeezenet: Family = (variation) => {
  const net = new ConvNet(variation);
  const { builder } = net;
  const member = variation.choose("squeezenet11", ["squeezenet10", "squeezenet11"]);
  const { stem, pooledBefore } = MEMBERS[member];

  let x = net.unit(net.input, { ...stem, out: variation.channels(stem.out), stride: 2, pad: 0, offset: "bias" });
  FIRES.forEach((channels, i) => {
    if (pooledBefore.some((index) => index === i)) x = builder.maxPool(x, { kernel: 3, stride: 2, ceil: true });
    x = fire(net, net.maybePointwise(x, "relu", "bias"), channels);
  });
  x = net.unit(x, { out: variation.traits.classes, kernel: 1, offset: "bias" });
  return net.finished(net.spatialMean(x), member);
};
