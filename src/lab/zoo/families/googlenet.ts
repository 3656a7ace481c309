import type { Tensor } from "../builder.js";
import type { Family } from "./net.js";
import { ConvNet } from "./net.js";

/** Channels of an inception module's branches (Szegedy et al., 2014, table 1). */
interface Inception {
  readonly pointwise: number;
  readonly threeReduce: number;
  readonly three: number;
  readonly fiveReduce: number;
  readonly five: number;
  readonly pool: number;
  /** Stride-2 pooling in front: window size. */
  readonly pooledBy?: 2 | 3;
}

const MODULES: readonly Inception[] = [
  { pointwise: 64, threeReduce: 96, three: 128, fiveReduce: 16, five: 32, pool: 32 },
  { pointwise: 128, threeReduce: 128, three: 192, fiveReduce: 32, five: 96, pool: 64 },
  { pointwise: 192, threeReduce: 96, three: 208, fiveReduce: 16, five: 48, pool: 64, pooledBy: 3 },
  { pointwise: 160, threeReduce: 112, three: 224, fiveReduce: 24, five: 64, pool: 64 },
  { pointwise: 128, threeReduce: 128, three: 256, fiveReduce: 24, five: 64, pool: 64 },
  { pointwise: 112, threeReduce: 144, three: 288, fiveReduce: 32, five: 64, pool: 64 },
  { pointwise: 256, threeReduce: 160, three: 320, fiveReduce: 32, five: 128, pool: 128 },
  { pointwise: 256, threeReduce: 160, three: 320, fiveReduce: 32, five: 128, pool: 128, pooledBy: 2 },
  { pointwise: 384, threeReduce: 192, three: 384, fiveReduce: 48, five: 128, pool: 128 },
];

/** GoogLeNet: torchvision's (batch norm, 3x3 in the third branch) or the paper's (no batch norm, 5x5, LRN). */
export const googlenet: Family = (variation) => {
  const net = new ConvNet(variation);
  const { builder } = net;
  const member = variation.choose("googlenet", ["googlenet", "googlenet", "googlenet2014"]);
  const original = member === "googlenet2014";
  const offset = original ? "bias" : "batchNorm";
  const thirdKernel = original ? 5 : 3;

  const unit = (x: Tensor, out: number, kernel: number, stride = 1): Tensor =>
    net.unit(x, { out: variation.channels(out), kernel, stride, offset });
  const pool = (x: Tensor, kernel: number): Tensor => builder.maxPool(x, { kernel, stride: 2, ceil: true });

  let x = pool(unit(net.input, 64, 7, 2), 3);
  if (original) x = builder.lrn(x);
  x = unit(unit(x, 64, 1), 192, 3);
  if (original) x = builder.lrn(x);
  x = pool(x, 3);
  for (const module of MODULES) {
    if (module.pooledBy !== undefined) x = pool(x, module.pooledBy);
    x = net.maybePointwise(x, "relu", offset);
    x = builder.concat([
      unit(x, module.pointwise, 1),
      unit(unit(x, module.threeReduce, 1), module.three, 3),
      unit(unit(x, module.fiveReduce, 1), module.five, thirdKernel),
      unit(builder.maxPool(x, { kernel: 3, pad: 1 }), module.pool, 1),
    ]);
  }
  return net.finished(net.classifier(x), member);
};
