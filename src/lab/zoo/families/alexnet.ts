import type { Tensor } from "../builder.js";
import { dimOf } from "../builder.js";
import type { Family } from "./net.js";
import { ConvNet } from "./net.js";

interface Layer {
  readonly out: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly pad: number;
  /** Split over the two towers of the 2012 network. */
  readonly towers?: boolean;
  readonly pooled?: boolean;
}

function layers(outs: readonly [number, number, number, number, number]): readonly Layer[] {
  return [
    { out: outs[0], kernel: 11, stride: 4, pad: 2, pooled: true },
    { out: outs[1], kernel: 5, pad: 2, towers: true, pooled: true },
    { out: outs[2], kernel: 3, pad: 1 },
    { out: outs[3], kernel: 3, pad: 1, towers: true },
    { out: outs[4], kernel: 3, pad: 1, towers: true, pooled: true },
  ];
}

/** The single-tower network of 2014 (Krizhevsky, "One weird trick"), as torchvision has it. */
const SINGLE_TOWER = layers([64, 192, 384, 256, 256]);
/** The widths of the 2012 network (Krizhevsky et al.). */
const TWO_TOWERS = layers([96, 256, 384, 384, 256]);

/** AlexNet: both widths, with or without local response normalization and the two towers' groups. */
export const alexnet: Family = (variation) => {
  const net = new ConvNet(variation);
  const { builder } = net;
  const original = variation.choose(SINGLE_TOWER, [SINGLE_TOWER, TWO_TOWERS]);
  const normalizes = variation.chance(1 / 3);
  const grouped = variation.chance(0.25);
  const hidden = variation.choose(4096, [4096, 4096, 2048, 1024]);

  let x: Tensor = net.input;
  for (const layer of original) {
    const groups = grouped && layer.towers === true && dimOf(x, 1) % 2 === 0 ? 2 : 1;
    const out = Math.ceil(variation.channels(layer.out) / groups) * groups;
    x = net.unit(x, { ...layer, out, groups, offset: "bias" });
    if (normalizes && layer.pooled === true && layer.kernel > 3) x = builder.lrn(x);
    if (layer.pooled === true) x = builder.maxPool(x, { kernel: 3, stride: 2 });
    else x = net.maybePointwise(x, "relu", "bias");
  }
  // Exporters write torchvision's adaptive pooling from 6x6 to 6x6 as a pooling of 1x1 windows.
  if (variation.choose(true, [true, false])) x = builder.avgPool(x, { kernel: 1 });
  x = builder.relu(builder.gemm(builder.flatten(x), hidden));
  x = builder.relu(builder.gemm(x, hidden));
  return net.finished(builder.gemm(x, variation.traits.classes), original === SINGLE_TOWER ? "alexnet" : "alexnet2012");
};
