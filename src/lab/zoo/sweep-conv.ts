import type { ConvOptions, Tensor } from "./builder.js";
import { dimOf, ModelBuilder } from "./builder.js";
import type { ZooModel } from "./model.js";
import { Rng } from "./rng.js";
import type { ConvSpec } from "./sweep-conv-spec.js";
import { drawConvSpec, drawSize, GRID_MODELS, gridConvSpec } from "./sweep-conv-spec.js";

/** Bounds on one model of a sweep: 1 GMAC is 2 GFLOP. */
export const MAX_SWEEP_MACS = 1e9;
export const MAX_SWEEP_TENSOR_BYTES = 64e6;
const CHAIN_CHANNELS = [8, 64] as const;

interface BuiltConv {
  readonly builder: ModelBuilder;
  readonly output: Tensor;
  /** Name of the node that the specification describes. */
  readonly target: string;
}

/** The convolution on its own, or as the middle of conv -> [pool ->] conv -> [pool ->] conv. */
function build(spec: ConvSpec, rng: Rng): BuiltConv {
  const { size, chain, inChannels, outChannels } = spec;
  const halves = chain === "pool" && size <= 112 && rng.chance(0.5);
  const entry = chain === "none" ? inChannels : rng.logInt(...CHAIN_CHANNELS);
  const entrySize = halves ? 2 * size : size;
  const builder = new ModelBuilder([1, entry, entrySize, entrySize]);
  let x = builder.input;
  if (chain !== "none") x = builder.relu(builder.conv(x, { out: inChannels, kernel: 1 }));
  if (chain === "pool") x = builder.maxPool(x, halves ? { kernel: 2, stride: 2 } : { kernel: 3, pad: 1 });

  const { kernel, stride, dilation, groups, padded } = spec;
  const options: ConvOptions = { out: outChannels, kernel, stride, dilation, groups, ...(padded ? {} : { pad: 0 }) };
  const convolved = builder.conv(x, options);
  let y = convolved;
  if (spec.residual) {
    // Where the input does not fit as a shortcut, another such convolution of it does.
    const fits = x.shape.join() === y.shape.join();
    y = builder.add(y, fits ? x : builder.conv(x, options));
  }
  y = builder.activate(spec.activation, y);
  if (chain === "pool" && dimOf(y, 2) > 1 && dimOf(y, 3) > 1) y = builder.maxPool(y, { kernel: 2, stride: 2 });
  if (chain !== "none") y = builder.conv(y, { out: rng.logInt(...CHAIN_CHANNELS), kernel: 1 });
  return { builder, output: y, target: convolved.name };
}

/**
 * Model `index` of the sweep with this seed, whatever the sweep's length. The first even indices hold a grid for
 * per-(kernel, size) regressions, all others are drawn. A draw over the bounds is repeated with its size kept.
 */
export function convolutionModel(index: number, seed: number | string): ZooModel {
  const stream = `conv/${seed}/${index}`;
  const gridIndex = index % 2 === 0 && index / 2 < GRID_MODELS ? index / 2 : null;
  const size = drawSize(new Rng(`${stream}/size`));
  for (let attempt = 0; ; attempt++) {
    const rng = new Rng(`${stream}/${attempt}`);
    const spec = gridIndex === null ? drawConvSpec(size, rng) : gridConvSpec(gridIndex, rng);
    const { builder, output, target } = build(spec, rng);
    if (builder.macs > MAX_SWEEP_MACS || builder.largestTensorBytes > MAX_SWEEP_TENSOR_BYTES) continue;
    return builder.finish(output, {
      id: `conv-${index}`,
      family: "conv",
      info: { ...spec, grid: gridIndex !== null, target, seed },
    });
  }
}

/**
 * `count` models of one convolution, alone or between others, for fitting latency by kernel. Deterministic, and a
 * longer sweep with the same seed starts with the shorter one. `info` holds each one's parameters and, as `target`,
 * the convolution's node. A grid of 480 models (5 kernels x 6 sizes x 16 channel pairs) needs a count of 959.
 */
export function convolutionSweep(count: number, seed: number | string): ZooModel[] {
  return Array.from({ length: count }, (_, index) => convolutionModel(index, seed));
}
