import { classOf, macsOf, outputSizeOf, regressorsOf, type Convolution } from "./convolution.js";
import {
  assertUsable,
  type ConvolutionRegression,
  type KernelRegressions,
  type SizeRegression,
  type StrideRegressions,
} from "./regression.js";

/**
 * How an estimate came about, from the best case to the worst: the sweep has this kernel, stride and size; it has such
 * on both sides; it has none on one side, or another stride.
 */
export type EstimateBasis = "swept" | "interpolated" | "extrapolated";

export interface ConvolutionEstimate {
  readonly latencyUs: number;
  readonly basis: EstimateBasis;
}

/** A sum before the floor, which may be negative. */
type RawEstimate = ConvolutionEstimate;

/**
 * Latency of one convolution alone on an idle device; null when the sweep had none of its class (regular, depthwise,
 * grouped), because no other class can tell.
 *
 * Latency is linear in the area of the output plane and of the kernel, so between two swept sizes, and then between two
 * swept kernels, it is interpolated linearly in the area; beyond the outermost it grows and shrinks with the area's
 * ratio. A stride that was not swept takes the nearest one's regression at the same output size. No estimate falls
 * below the smallest latency of the sweep or beats the highest rate in it.
 *
 * @throws RangeError for a dimension that is not positive and finite.
 */
export function estimateConvolution(
  regression: ConvolutionRegression,
  convolution: Convolution,
): ConvolutionEstimate | null {
  assertUsable(convolution);
  const name = classOf(convolution);
  const table = regression.classes.find((candidate) => candidate.class === name);
  if (table === undefined) return null;
  const raw = betweenAreas(
    table.kernels,
    (entry) => entry.kernel ** 2,
    convolution.kernel ** 2,
    (entry) => atKernel(entry, convolution),
  );
  const floorUs = Math.max(table.minimumUs, macsOf(convolution) / table.peakMacsPerUs);
  return { latencyUs: Math.max(floorUs, raw.latencyUs), basis: raw.basis };
}

function atKernel({ strides }: KernelRegressions, convolution: Convolution): RawEstimate {
  const nearest = nearestStride(strides, convolution.stride);
  const estimate = betweenAreas(
    nearest.sizes,
    (entry) => entry.outputSize ** 2,
    outputSizeOf(convolution) ** 2,
    (entry) => atSize(entry, convolution),
  );
  return nearest.stride === convolution.stride ? estimate : { ...estimate, basis: "extrapolated" };
}

function atSize({ coefficients }: SizeRegression, convolution: Convolution): RawEstimate {
  const regressors = regressorsOf(convolution);
  const latencyUs = coefficients.reduce((sum, coefficient, i) => sum + coefficient * (regressors[i] ?? 0), 0);
  return { latencyUs, basis: "swept" };
}

function nearestStride(strides: readonly StrideRegressions[], stride: number): StrideRegressions {
  return strides.reduce((nearest, candidate) =>
    Math.abs(Math.log(candidate.stride / stride)) < Math.abs(Math.log(nearest.stride / stride)) ? candidate : nearest,
  );
}

/** The rule above for one axis: `entries` ascend by `areaOf` and are not empty. */
function betweenAreas<T>(
  entries: readonly T[],
  areaOf: (entry: T) => number,
  area: number,
  estimate: (entry: T) => RawEstimate,
): RawEstimate {
  const above = entries.find((entry) => areaOf(entry) >= area);
  const below = entries.findLast((entry) => areaOf(entry) <= area);
  if (above === undefined || below === undefined) {
    const outermost = above ?? below;
    if (outermost === undefined) throw new RangeError("A table of regressions is empty.");
    const { latencyUs } = estimate(outermost);
    return { latencyUs: (latencyUs * area) / areaOf(outermost), basis: "extrapolated" };
  }
  const low = estimate(below);
  if (above === below) return low;
  const high = estimate(above);
  const share = (area - areaOf(below)) / (areaOf(above) - areaOf(below));
  return {
    latencyUs: low.latencyUs + share * (high.latencyUs - low.latencyUs),
    basis: low.basis === "extrapolated" || high.basis === "extrapolated" ? "extrapolated" : "interpolated",
  };
}
