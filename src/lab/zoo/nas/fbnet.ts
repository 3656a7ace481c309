import type { Tensor } from "../builder.js";
import { dimOf, ModelBuilder } from "../builder.js";
import type { ZooModel } from "../model.js";

interface Block {
  readonly kernel: number;
  /** Channels between the two pointwise convolutions, as a multiple of the input's. */
  readonly expansion: number;
  readonly groups: number;
}

/** The nine choices of a layer in the order of HW-NAS-Bench's PRIMITIVES; null is `skip`. */
const BLOCKS: readonly (Block | null)[] = [
  { kernel: 3, expansion: 1, groups: 1 },
  { kernel: 3, expansion: 1, groups: 2 },
  { kernel: 3, expansion: 3, groups: 1 },
  { kernel: 3, expansion: 6, groups: 1 },
  { kernel: 5, expansion: 1, groups: 1 },
  { kernel: 5, expansion: 1, groups: 2 },
  { kernel: 5, expansion: 3, groups: 1 },
  { kernel: 5, expansion: 6, groups: 1 },
  null,
];

/** Layers and output channels of the seven stages (Wu et al., CVPR 2019, arXiv:1812.03443, table 1). */
const STAGES = [
  [1, 16],
  [4, 24],
  [4, 32],
  [4, 64],
  [4, 112],
  [4, 184],
  [1, 352],
] as const;
const STEM = 16;
const CHOICES = /^[0-8]{22}$/;

interface Setting {
  readonly inputSize: number;
  readonly classes: number;
  readonly stemStride: number;
  /** Stride of the first layer of each stage. */
  readonly strides: readonly number[];
  /** Output channels of the last convolution. */
  readonly head: number;
}

/**
 * HW-NAS-Bench's two settings of the space. Those of CIFAR-100 are what its latencies and those that HELP publishes are
 * of: the published sums over layers fit 32x32 maps in the first two stages, and not 112x112 and 56x56.
 */
const SETTINGS = {
  fbnet: { inputSize: 32, classes: 100, stemStride: 1, strides: [1, 1, 2, 2, 1, 2, 1], head: 1504 },
  fbnetimagenet: { inputSize: 224, classes: 1000, stemStride: 2, strides: [1, 2, 2, 2, 1, 2, 1], head: 1984 },
} as const satisfies Record<string, Setting>;
export type FbNetFamily = keyof typeof SETTINGS;

/** Pointwise, depthwise, pointwise; grouped pointwise convolutions with a channel shuffle after the first. */
function inverted(b: ModelBuilder, x: Tensor, block: Block, out: number, stride: number): Tensor {
  const { kernel, expansion, groups } = block;
  const channels = dimOf(x, 1);
  const expanded = channels * expansion;
  let y = b.relu(b.conv(x, { out: expanded, kernel: 1, groups }));
  if (groups > 1) y = b.channelShuffle(y, groups);
  y = b.relu(b.conv(y, { out: expanded, kernel, stride, groups: expanded }));
  y = b.conv(y, { out, kernel: 1, groups });
  return stride === 1 && channels === out ? b.add(y, x) : y;
}

/** Nothing where the shape stays, or else a pointwise convolution. */
function skip(b: ModelBuilder, x: Tensor, out: number, stride: number): Tensor {
  return stride === 1 && dimOf(x, 1) === out ? x : b.relu(b.conv(x, { out, kernel: 1, stride }));
}

/**
 * An architecture of the FBNet space by the choices of its 22 layers: digits 0..8, first layer first, for k3_e1, k3_e1_g2,
 * k3_e3, k3_e6, k5_e1, k5_e1_g2, k5_e3, k5_e6, skip. Source of skeleton and blocks: HW-NAS-Bench (Li et al., ICLR 2021;
 * github.com/GATECH-EIC/HW-NAS-Bench, hw_nas_bench_api/fbnet_models/model_infer.py). Batch norms are folded into the
 * convolutions that they follow, as exporters do in evaluation.
 *
 * @throws RangeError where the choices are not 22 digits from 0 to 8
 */
export function buildFbNet(family: FbNetFamily, choices: string): ZooModel {
  if (!CHOICES.test(choices)) throw new RangeError(`an FBNet is 22 digits from 0 to 8, not ${JSON.stringify(choices)}`);
  const { inputSize, classes, stemStride, strides, head }: Setting = SETTINGS[family];
  const b = new ModelBuilder([1, 3, inputSize, inputSize]);
  let x = b.relu(b.conv(b.input, { out: STEM, kernel: 3, stride: stemStride }));
  let layer = 0;
  STAGES.forEach(([layers, out], stage) => {
    for (let i = 0; i < layers; i++) {
      const stride = i === 0 ? (strides[stage] ?? 1) : 1;
      const block = BLOCKS[Number(choices[layer++])] ?? null;
      x = block === null ? skip(b, x, out, stride) : inverted(b, x, block, out, stride);
    }
  });
  x = b.relu(b.conv(x, { out: head, kernel: 1 }));
  x = b.gemm(b.flatten(b.globalAvgPool(x)), classes);
  return b.finish(x, { id: `${family}-${choices}`, family, note: `FBNet ${choices}`, info: { member: choices, inputSize, classes } });
}
