import { buildGraph } from "../../src/graph/build.js";
import type { Graph } from "../../src/graph/types.js";
import { createRandom, type Random } from "../../src/model/random.js";
import type { OnnxModel } from "../../src/onnx/types.js";
import { Network } from "./network.js";

const CHANNELS = [3, 8, 12, 16, 30, 32];
const UNARY = ["Relu", "Sigmoid", "HardSwish", "Elu", "LeakyRelu", "Identity", "Tanh", "HardSigmoid", "Dropout"];
const MOST_NODES = 24;

/** Graphs that a seed determines: up to 24 nodes on feature maps of 8 x 8, everything that nobody reads an output. */
export function randomGraphs(seed: number, count: number): Graph[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => buildGraph(randomNetwork(random)));
}

/** One such network, as a reader would have it. */
export function randomNetwork(random: Random): OnnxModel {
  return new RandomNetwork(random).grow(1 + random.integer(MOST_NODES));
}

interface FeatureMap {
  readonly name: string;
  readonly channels: number;
}

class RandomNetwork {
  private readonly network = new Network();
  private readonly maps: FeatureMap[];
  private readonly unread = new Set<string>();

  constructor(private readonly random: Random) {
    this.maps = [3, 32].map((channels) => ({ name: this.network.input([1, channels, 8, 8], `x${channels}`), channels }));
  }

  grow(nodes: number): OnnxModel {
    for (let i = 0; i < nodes; i += 1) {
      // Mostly the latest map, so that chains form.
      const latest = this.random.uniform() < 0.7 ? this.maps.at(-1) : undefined;
      const map = this.append(latest ?? this.pick(this.maps));
      this.maps.push(map);
      this.unread.add(map.name);
    }
    return this.network.model(...this.unread);
  }

  private append(map: FeatureMap): FeatureMap {
    const { network } = this;
    const { channels } = map;
    const kind = this.random.integer(10);
    if (kind <= 1) {
      const outChannels = this.pick(CHANNELS);
      return { name: network.conv(this.read(map), channels, outChannels), channels: outChannels };
    }
    if (kind === 2) {
      const partner = this.pick(this.maps.filter((other) => other.channels === channels));
      return { name: network.node(this.pick(["Add", "Mul"]), [this.read(map), this.read(partner)]), channels };
    }
    if (kind === 3) {
      const other = this.pick(this.maps);
      const name = network.node("Concat", [this.read(map), this.read(other)], { axis: 1 });
      return { name, channels: channels + other.channels };
    }
    if (kind === 4) return { name: network.batchNorm(this.read(map), channels), channels };
    if (kind === 5) return { name: network.maxPool(this.read(map)), channels };
    if (kind === 6) {
      const padded = network.node("Pad", [this.read(map), network.integers(0, 0, 1, 1, 0, 0, 1, 1)]);
      return { name: network.node("Conv", [padded, network.constant([8, channels, 3, 3])]), channels: 8 };
    }
    if (kind === 7) {
      const x = this.read(map);
      return { name: network.node("Mul", [x, network.node(this.pick(["Sigmoid", "HardSigmoid"]), [x])]), channels };
    }
    return { name: network.node(this.pick(UNARY), [this.read(map)]), channels };
  }

  private read({ name }: FeatureMap): string {
    this.unread.delete(name);
    return name;
  }

  private pick<T>(items: readonly T[]): T {
    const item = items[this.random.integer(items.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  }
}
