import type { ModelBuilder, Tensor } from "./builder.js";
import { dimOf } from "./builder.js";
import type { Rng } from "./rng.js";
import type { MapCase } from "./sweep-ops-maps.js";
import { one } from "./sweep-ops-maps.js";
import type { MatrixCase } from "./sweep-ops-matrices.js";

const IMAGE_CHANNELS = 3;

/** A first layer of a network: few channels in, a large window, a stride; the map's first three channels are the image. */
function imageConv(b: ModelBuilder, x: Tensor, rng: Rng): Tensor {
  const kernel = rng.pick([3, 5, 7, 9, 11]);
  const stride = rng.pick([1, 2, 2, 4]);
  const image = b.slice(x, 1, 0, IMAGE_CHANNELS);
  return b.relu(b.conv(image, { out: 8 * rng.logInt(1, 16), kernel, stride }));
}

/** A depthwise convolution, then HardSwish in four nodes: the plain layout between blocked convolutions. */
function depthwiseHardSwish(b: ModelBuilder, x: Tensor, rng: Rng): Tensor {
  const out = dimOf(x, 1);
  return b.hardSwishParts(b.conv(x, { out, kernel: rng.pick([3, 5]), stride: rng.pick([1, 2]), groups: out }));
}

export const PATTERN_MAP_CASES: readonly MapCase[] = [
  one("HardSwishParts", (b, x) => b.hardSwishParts(x)),
  one("HardSwishThenPool", (b, x) => b.globalAvgPool(b.hardSwishParts(x))),
  one("DepthwiseHardSwish", depthwiseHardSwish, { minSize: 3 }),
  one("DepthwiseSiLU", (b, x) => b.silu(b.conv(x, { out: dimOf(x, 1), kernel: 3, groups: dimOf(x, 1) })), { minSize: 3 }),
  one("SiLUSqueezeExcite", (b, x) => b.squeezeExcite(b.silu(x), dimOf(x, 1) / 8, "sigmoid"), { multipleOf: 8 }),
  one("HardSwishSqueezeExcite", (b, x) => b.squeezeExcite(b.hardSwishParts(x), dimOf(x, 1) / 4), { multipleOf: 8 }),
  one("ImageConv", imageConv, { minSize: 28 }),
];

export const PATTERN_MATRIX_CASES: readonly MatrixCase[] = [
  {
    // AlexNet's and VGG's classifier at other widths: weights up to 256 MB.
    name: "GemmClassifier",
    input: (rng) => [1, rng.logInt(1024, 16384)],
    build: (b, x, rng) => b.relu(b.gemm(x, rng.logInt(512, 4096))),
  },
  {
    // Two such layers: the first one's weights push the second one's out of the cache.
    name: "GemmClassifierPair",
    input: (rng) => [1, rng.logInt(512, 8192)],
    build: (b, x, rng) => b.gemm(b.relu(b.gemm(x, rng.logInt(512, 4096))), rng.logInt(512, 4096)),
  },
];
