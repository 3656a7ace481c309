import type { Tensor } from "./builder.js";
import { dimOf, ModelBuilder } from "./builder.js";
import type { ModelInfo, ZooModel } from "./model.js";
import { Rng } from "./rng.js";
import type { MapCase } from "./sweep-ops-maps.js";
import { PATTERN_MAP_CASES, PATTERN_MATRIX_CASES } from "./sweep-patterns.js";
import { ACTIVATION_CASES, ARITHMETIC_CASES, MOVEMENT_CASES, NORMALIZATION_CASES, POOLING_CASES } from "./sweep-ops-maps.js";
import type { MatrixCase } from "./sweep-ops-matrices.js";
import { MATRIX_CASES } from "./sweep-ops-matrices.js";

const SIZES = [1, 2, 3, 4, 5, 7, 8, 10, 12, 14, 16, 19, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224] as const;
const MAX_CHANNELS = 2048;
const MIN_CHANNELS = 3;
/** Elements of all feature maps that a case takes or yields together: 16 MB. */
const MAX_ELEMENTS = 4e6;
/** Channels at the far ends of the convolutions around an operator. */
const OUTER_CHANNELS = 16;
/** Blocked layouts hold channels in blocks of 8 or 16. */
const BLOCK = 8;

/** On the graph's input in plain layout, directly between convolutions, or between them after a pooling. */
type Context = "plain" | "fused" | "pooled";

const MAP_CASES: readonly MapCase[] = [
  ...ACTIVATION_CASES,
  ...ARITHMETIC_CASES,
  ...MOVEMENT_CASES,
  ...POOLING_CASES,
  ...NORMALIZATION_CASES,
];

/** Names of all cases, in the order in which the sweep goes round. */
export const OPERATOR_CASES: readonly string[] = [...MAP_CASES, ...MATRIX_CASES].map(({ name }) => name);
export const PATTERN_CASES: readonly string[] = [...PATTERN_MAP_CASES, ...PATTERN_MATRIX_CASES].map(({ name }) => name);

interface BuiltCase {
  readonly builder: ModelBuilder;
  readonly outputs: readonly Tensor[];
  readonly info: ModelInfo;
}

function drawChannels(rng: Rng, factor: number, max: number): number {
  const low = Math.ceil(MIN_CHANNELS / factor);
  return factor * rng.logInt(low, Math.max(low, Math.floor(max / factor)));
}

function buildMaps(spec: MapCase, context: Context, rng: Rng): BuiltCase {
  const size = rng.pick(SIZES.filter((candidate) => candidate >= spec.minSize));
  const room = MAX_ELEMENTS / (size * size * spec.arity * (spec.growth ?? 1));
  const aligned = context !== "plain" || rng.chance(0.5);
  const factor = aligned ? Math.max(BLOCK, spec.multipleOf) : spec.multipleOf;
  const channels = drawChannels(rng, factor, Math.min(MAX_CHANNELS, room));
  const options = spec.opset === undefined ? {} : { opset: spec.opset };
  const info = { case: spec.name, context, size, channels };

  if (context === "plain") {
    const builder = new ModelBuilder([1, channels * spec.arity, size, size], options);
    const maps = spec.arity === 1 ? [builder.input] : builder.split(builder.input, Array.from({ length: spec.arity }, () => channels));
    return { builder, outputs: spec.build(builder, maps, rng), info };
  }
  const builder = new ModelBuilder([1, OUTER_CHANNELS, size, size], options);
  const maps = Array.from({ length: spec.arity }, () => {
    const map = builder.conv(builder.input, { out: channels, kernel: 1 });
    return context === "pooled" ? builder.maxPool(map, { kernel: 3, pad: 1 }) : map;
  });
  const results = spec.build(builder, maps, rng);
  const goesOn = spec.ends !== true;
  return { builder, outputs: goesOn ? results.map((y) => builder.conv(y, { out: OUTER_CHANNELS, kernel: 1 })) : results, info };
}

function buildMatrices(spec: MatrixCase, rng: Rng): BuiltCase {
  const shape = spec.input(rng);
  const builder = new ModelBuilder(shape, spec.opset === undefined ? {} : { opset: spec.opset });
  const output = spec.build(builder, builder.input, rng);
  return { builder, outputs: [output], info: { case: spec.name, context: "plain", size: dimOf(builder.input, -1) } };
}

/** Cases that a sweep goes round. Adding one changes every model of the sweep, so new ones go into a sweep of their own. */
interface Cases {
  readonly prefix: string;
  readonly maps: readonly MapCase[];
  readonly matrices: readonly MatrixCase[];
}

const OPERATORS: Cases = { prefix: "op", maps: MAP_CASES, matrices: MATRIX_CASES };
const PATTERNS: Cases = { prefix: "pattern", maps: PATTERN_MAP_CASES, matrices: PATTERN_MATRIX_CASES };

function modelOf({ prefix, maps, matrices }: Cases, index: number, seed: number | string): ZooModel {
  const rng = new Rng(`${prefix}/${seed}/${index}`);
  const count = maps.length + matrices.length;
  const turn = Math.floor(index / count);
  const at = index % count;
  const map = maps[at];
  const matrix = matrices[at - maps.length];
  const context: Context = (turn + at) % 2 === 0 ? "plain" : rng.chance(0.65) ? "pooled" : "fused";
  let built: BuiltCase;
  if (map !== undefined) built = buildMaps(map, context, rng);
  else if (matrix !== undefined) built = buildMatrices(matrix, rng);
  else throw new RangeError(`${prefix} model ${index}`);
  return built.builder.finish(built.outputs, { id: `${prefix}-${index}`, family: prefix, info: { ...built.info, seed } });
}

/**
 * Model `index` of the sweep with this seed, whatever the sweep's length. The sweep goes round all cases; feature-map
 * operators take the plain and the convolutional context in turns.
 */
export function operatorModel(index: number, seed: number | string): ZooModel {
  return modelOf(OPERATORS, index, seed);
}

/** Model `index` of the sweep over patterns of several operators. */
export function patternModel(index: number, seed: number | string): ZooModel {
  return modelOf(PATTERNS, index, seed);
}

/**
 * `count` small models of all operators but the convolution, with realistic shapes. Deterministic, and a longer sweep
 * with the same seed starts with the shorter one. `info` holds each one's case, context and shape.
 */
export function operatorSweep(count: number, seed: number | string): ZooModel[] {
  return Array.from({ length: count }, (_, index) => operatorModel(index, seed));
}

/** `count` small models of patterns that networks hold and the other sweeps do not, under the same rules. */
export function patternSweep(count: number, seed: number | string): ZooModel[] {
  return Array.from({ length: count }, (_, index) => patternModel(index, seed));
}
