import {
  CONVOLUTION_CLASSES,
  classOf,
  macsOf,
  outputSizeOf,
  regressorsOf,
  type Convolution,
  type ConvolutionClass,
  type SweepRow,
} from "./convolution.js";
import { groupBy } from "../features/group-by.js";
import { fitRelative } from "./least-squares.js";

/** The regression of one (kernel, stride, size). */
export interface SizeRegression {
  /** Side of the output plane in pixels. */
  readonly outputSize: number;
  /** One per regressor of the class, microseconds per unit. */
  readonly coefficients: readonly number[];
  /** Sweep rows behind it. */
  readonly rows: number;
}

export interface StrideRegressions {
  readonly stride: number;
  /** Ascending by size, not empty. */
  readonly sizes: readonly SizeRegression[];
}

export interface KernelRegressions {
  readonly kernel: number;
  /** Ascending by stride, not empty. */
  readonly strides: readonly StrideRegressions[];
}

export interface ClassRegressions {
  readonly class: ConvolutionClass;
  /** Ascending by kernel, not empty. */
  readonly kernels: readonly KernelRegressions[];
  /** The smallest latency in the sweep: what a call costs at least. */
  readonly minimumUs: number;
  /** The highest rate in the sweep, multiply-accumulates per microsecond: what the device reaches at most. */
  readonly peakMacsPerUs: number;
}

/** All regressions of one target; plain data that survives JSON. */
export interface ConvolutionRegression {
  readonly schema: 1;
  /** Classes without rows in the sweep are absent. */
  readonly classes: readonly ClassRegressions[];
}

/**
 * Fits the paper's regression to every (class, kernel, stride, size) of a sweep. Sizes are those of the output plane,
 * which is what the work is proportional to; for one stride it says the same as the input size.
 *
 * @throws RangeError for a row whose latency or dimensions are not positive and finite.
 */
export function fitConvolutionRegression(rows: readonly SweepRow[]): ConvolutionRegression {
  for (const row of rows) assertUsable(row, row.latencyUs);
  const byClass = groupBy(rows, classOf);
  const classes = CONVOLUTION_CLASSES.flatMap((name) => {
    const members = byClass.get(name);
    return members === undefined ? [] : [fitClass(name, members)];
  });
  return { schema: 1, classes };
}

function fitClass(name: ConvolutionClass, rows: readonly SweepRow[]): ClassRegressions {
  const kernels = ascending(groupBy(rows, (row) => row.kernel)).map(([kernel, ofKernel]) => ({
    kernel,
    strides: ascending(groupBy(ofKernel, (row) => row.stride)).map(([stride, ofStride]) => ({
      stride,
      sizes: ascending(groupBy(ofStride, outputSizeOf)).map(([outputSize, ofSize]) => ({
        outputSize,
        coefficients: fitRelative(
          ofSize.map(regressorsOf),
          ofSize.map((row) => row.latencyUs),
        ),
        rows: ofSize.length,
      })),
    })),
  }));
  return {
    class: name,
    kernels,
    minimumUs: rows.reduce((least, row) => Math.min(least, row.latencyUs), Infinity),
    peakMacsPerUs: rows.reduce((most, row) => Math.max(most, macsOf(row) / row.latencyUs), 0),
  };
}

/** @throws RangeError unless every number is positive and finite. */
export function assertUsable(convolution: Convolution, latencyUs = 1): void {
  const { kernel, inputSize, inChannels, outChannels, stride, groups } = convolution;
  const numbers = { kernel, inputSize, inChannels, outChannels, stride, groups, latencyUs };
  for (const [field, value] of Object.entries(numbers)) {
    if (!(value > 0 && Number.isFinite(value))) throw new RangeError(`A convolution's ${field} is ${value}.`);
  }
}

function ascending<T>(groups: ReadonlyMap<number, T>): [number, T][] {
  return [...groups].sort(([a], [b]) => a - b);
}
