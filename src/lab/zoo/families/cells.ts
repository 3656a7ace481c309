import type { Activation, Tensor } from "../builder.js";
import { dimOf, nchw } from "../builder.js";
import type { Rng } from "../rng.js";
import type { Variation } from "../variation.js";
import type { BuiltNet } from "./net.js";
import { ConvNet } from "./net.js";

/** Bounds on what one step takes and makes, whatever was drawn. */
const MAX_CHANNELS = 1024;
const MAX_CONCATENATED = 1536;
const MAX_GROUP_CHANNELS = 512;
const SMALLEST_MAP = 4;

type Step = "conv" | "pointwise" | "expand" | "depthwise" | "grouped" | "factored" | "dilated" | "maxPool" | "avgPool" | "gate" | "shuffle" | "batchNorm";
const STEPS: readonly (readonly [step: Step, weight: number])[] = [
  ["conv", 4],
  ["pointwise", 4],
  ["expand", 2],
  ["depthwise", 4],
  ["grouped", 2],
  ["factored", 1],
  ["dilated", 0.7],
  ["maxPool", 1],
  ["avgPool", 1],
  ["gate", 1.5],
  ["shuffle", 1],
  ["batchNorm", 1],
];
const ACTIVATIONS: readonly (readonly [activation: Activation, weight: number])[] = [
  ["relu", 8],
  ["relu6", 2],
  ["hardSwish", 1],
  ["hardSwishPair", 1],
  ["silu", 1.5],
  ["leakyRelu", 1],
  ["sigmoid", 0.3],
];

/** One step of a cell: what it does, with which kernel and how many channels, to the output of which earlier one. */
interface CellStep {
  readonly step: Step;
  readonly from: number;
  readonly kernel: number;
  /** Output channels as a multiple of the stage's. */
  readonly width: number;
  readonly groups: number;
  readonly activation: Activation;
}

/** A small graph of steps that is repeated in a network: those that nothing takes up are joined. */
interface Cell {
  readonly steps: readonly CellStep[];
  readonly join: "concat" | "add";
  readonly residual: boolean;
  readonly after: Activation;
}

function drawCell(rng: Rng, activation: Activation): Cell {
  const count = rng.int(1, 6);
  const chained = rng.uniform(0.3, 1);
  const steps = Array.from({ length: count }, (_, i): CellStep => {
    const step = rng.weighted(STEPS);
    return {
      step,
      from: rng.chance(chained) ? i : rng.int(0, i),
      kernel: step === "conv" ? rng.pick([3, 3, 3, 5, 7]) : rng.pick([3, 3, 5, 7]),
      width: step === "expand" ? rng.uniform(2, 6) : rng.uniform(0.25, 1.5),
      groups: rng.pick([2, 4, 8, 16, 32]),
      activation: rng.chance(0.75) ? activation : "none",
    };
  });
  return { steps, join: rng.pick(["concat", "add"]), residual: rng.chance(0.5), after: rng.chance(0.4) ? activation : "none" };
}

/** Builds networks of drawn cells; everything that is drawn layer by layer comes from `rng`. */
class CellNet {
  private readonly net: ConvNet;
  private readonly activation: Activation;

  constructor(
    private readonly variation: Variation,
    private readonly rng: Rng,
  ) {
    this.net = new ConvNet(variation);
    this.activation = rng.weighted(ACTIVATIONS);
  }

  build(): BuiltNet {
    const { rng } = this;
    const cells = Array.from({ length: rng.int(1, 3) }, () => drawCell(rng, this.activation));
    const repeats = Array.from({ length: rng.int(2, 5) }, () => rng.int(1, 4));
    const growth = rng.uniform(1.2, 2.2);
    let channels = rng.logInt(16, 96);
    let x = this.stem();
    for (const count of repeats) {
      x = this.reduced(x, this.variation.channels(channels));
      for (let i = 0; i < count; i++) x = this.cell(x, rng.pick(cells), dimOf(x, 1));
      channels = Math.min(MAX_CHANNELS / 2, channels * growth);
    }
    const sizes = cells.map(({ steps }) => steps.length).join("+");
    return this.net.finished(this.head(x), `cells of ${sizes} steps, ${repeats.join("-")}`);
  }

  private stem(): Tensor {
    const { net, rng } = this;
    const options = { out: this.variation.channels(rng.pick([16, 24, 32, 64])), kernel: rng.pick([3, 3, 5, 7]), stride: 2 };
    return net.unit(net.input, { ...options, activation: this.activation });
  }

  /** Half as high and wide, where the map is not small already, with this many channels. */
  private reduced(x: Tensor, out: number): Tensor {
    const { net, rng, activation } = this;
    const stride = nchw(x).height > SMALLEST_MAP ? 2 : 1;
    const kernel = rng.pick([2, 3]);
    const padded = { kernel, stride, pad: kernel >> 1 };
    switch (rng.pick(["conv", "depthwise", "maxPool", "avgPool", "pointwise"] as const)) {
      case "conv":
        return net.unit(x, { out, kernel: 3, stride, activation });
      case "depthwise":
        return net.unit(net.depthwise(x, 3, stride, activation), { out, kernel: 1, activation });
      case "maxPool":
        return net.unit(net.builder.maxPool(x, padded), { out, kernel: 1, activation });
      case "avgPool":
        return net.unit(net.builder.avgPool(x, padded), { out, kernel: 1, activation });
      case "pointwise":
        return net.unit(x, { out, kernel: 1, stride, activation });
    }
  }

  private cell(x: Tensor, { steps, join, residual, after }: Cell, channels: number): Tensor {
    const { net } = this;
    const made: Tensor[] = [x];
    for (const step of steps) made.push(this.step(made[step.from] ?? x, step, channels));
    const taken = new Set(steps.map(({ from }) => from));
    const ends = made.filter((_, i) => i > 0 && !taken.has(i));
    let y = this.joined(ends, join, channels);
    if (residual) y = net.builder.add(this.projected(y, channels), this.projected(x, channels));
    return net.builder.activate(after, y);
  }

  private joined(parts: readonly Tensor[], join: Cell["join"], channels: number): Tensor {
    const { builder } = this.net;
    const [only, another] = parts;
    if (only !== undefined && another === undefined) return only;
    if (join === "add") return parts.map((part) => this.projected(part, channels)).reduce((sum, part) => builder.add(sum, part));
    const joined = builder.concat(parts);
    return dimOf(joined, 1) > MAX_CONCATENATED ? this.projected(joined, MAX_CHANNELS / 2) : joined;
  }

  private projected(x: Tensor, channels: number): Tensor {
    return dimOf(x, 1) === channels ? x : this.net.unit(x, { out: channels, kernel: 1, activation: "none" });
  }

  private step(x: Tensor, drawn: CellStep, channels: number): Tensor {
    const { net } = this;
    const { step, kernel, width, groups, activation } = drawn;
    const { builder } = net;
    const out = Math.min(MAX_CHANNELS, this.variation.channelsOf(width * channels));
    switch (step) {
      case "conv":
        return net.unit(x, { out, kernel, activation });
      case "pointwise":
      case "expand":
        return net.unit(x, { out, kernel: 1, activation });
      case "depthwise":
        return net.depthwise(x, kernel, 1, activation);
      case "grouped": {
        const each = Math.max(1, Math.round(Math.min(MAX_GROUP_CHANNELS, out) / groups));
        const even = this.projected(x, each * groups);
        return net.unit(even, { out: each * groups, kernel: 3, groups, activation });
      }
      case "factored": {
        const across = builder.conv(x, { out, kernel: [1, kernel] });
        return builder.activate(activation, builder.conv(across, { out, kernel: [kernel, 1] }));
      }
      case "dilated":
        return builder.activate(activation, builder.conv(x, { out: Math.min(out, MAX_GROUP_CHANNELS), kernel: 3, dilation: 2 }));
      case "maxPool":
        return builder.maxPool(x, { kernel: 3, stride: 1, pad: 1 });
      case "avgPool":
        return builder.avgPool(x, { kernel: 3, stride: 1, pad: 1 });
      case "gate":
        return builder.squeezeExcite(x, Math.max(4, dimOf(x, 1) >> 2), this.rng.pick(["sigmoid", "hardSigmoid"]));
      case "shuffle":
        return dimOf(x, 1) % 2 === 0 ? builder.channelShuffle(x, 2) : this.step(x, { ...drawn, step: "pointwise" }, channels);
      case "batchNorm":
        return builder.activate(activation, builder.batchNorm(x));
    }
  }

  /** The mean of every channel and fully connected layers, or these on the whole map. */
  private head(x: Tensor): Tensor {
    const { net, rng, activation, variation } = this;
    const { builder } = net;
    let y = rng.chance(0.4) ? net.unit(x, { out: variation.channels(rng.pick([512, 1024, 1280])), kernel: 1, activation }) : x;
    const flat = rng.chance(0.25) && dimOf(y, 1) * dimOf(y, 2) * dimOf(y, 3) <= 20_000;
    y = flat ? builder.flatten(y) : net.spatialMean(y);
    for (let layers = rng.pick([0, 0, 1, 2]); layers > 0; layers--) y = builder.activate(activation, builder.gemm(y, variation.scaled(rng.logInt(128, 2048))));
    return builder.gemm(y, variation.traits.classes);
  }
}

/** Networks of random cells of random steps: no architecture that anybody named, so that they show operators in company that no family keeps. */
export function cells(variation: Variation, rng: Rng): BuiltNet {
  return new CellNet(variation, rng).build();
}
