import { describe, expect, it } from "vitest";

import { classOf, macsOf, type Convolution, type SweepRow } from "./convolution.js";
import { estimateConvolution } from "./estimate.js";
import { fitConvolutionRegression } from "./regression.js";
import { parseConvolutionRegression } from "./regression-json.js";

const CHANNELS = [1, 4, 16, 32, 64, 100, 256];

/** Synthetic: a device whose latency obeys the paper's law exactly, area by area. */
function syntheticUs({ kernel, inputSize, inChannels: n, outChannels: m, stride, groups }: Convolution): number {
  const area = Math.ceil(inputSize / stride) ** 2 * kernel ** 2;
  return groups === n && groups > 1
    ? 2 + area * (1e-3 * m + 1e-3)
    : 3 + area * (2e-4 * n + 4e-4 * m + (1e-5 * n * m) / groups + 1e-3);
}

function sweep(kernels: readonly number[], sizes: readonly number[], strides: readonly number[] = [1]): SweepRow[] {
  const rows: SweepRow[] = [];
  for (const kernel of kernels)
    for (const inputSize of sizes)
      for (const stride of strides)
        for (const inChannels of CHANNELS)
          for (const outChannels of CHANNELS) {
            const shape = { kernel, inputSize, inChannels, outChannels, stride, groups: 1 };
            rows.push({ ...shape, latencyUs: syntheticUs(shape) });
          }
  return rows;
}

function convolution(overrides: Partial<Convolution> = {}): Convolution {
  return { kernel: 3, inputSize: 56, inChannels: 48, outChannels: 80, stride: 1, groups: 1, ...overrides };
}

describe("the per-convolution regression on synthetic data", () => {
  const regression = fitConvolutionRegression(sweep([1, 3, 5], [14, 56, 112]));

  it("recovers known coefficients", () => {
    const size = regression.classes[0]?.kernels[1]?.strides[0]?.sizes[1];
    const area = 56 ** 2 * 9;
    const expected = [area * 2e-4, area * 4e-4, area * 1e-5, area * 1e-3 + 3];
    expect(size?.outputSize).toBe(56);
    for (const [i, coefficient] of expected.entries()) {
      expect((size?.coefficients[i] ?? NaN) / coefficient).toBeCloseTo(1, 2);
    }
  });

  it("is within 0.1 % where it was swept, for channels it never saw", () => {
    for (const inChannels of [3, 24, 200]) {
      const query = convolution({ inChannels });
      const estimate = estimateConvolution(regression, query);
      expect(estimate?.basis).toBe("swept");
      expect((estimate?.latencyUs ?? NaN) / syntheticUs(query)).toBeCloseTo(1, 3);
    }
  });

  it("interpolates linearly in the area of output and kernel", () => {
    for (const changes of [{ inputSize: 80 }, { kernel: 4 }, { kernel: 2, inputSize: 20 }]) {
      const query = convolution(changes);
      const estimate = estimateConvolution(regression, query);
      expect(estimate?.basis).toBe("interpolated");
      expect((estimate?.latencyUs ?? NaN) / syntheticUs(query)).toBeCloseTo(1, 3);
    }
  });

  it("grows with the ratio of the areas beyond the sweep", () => {
    const at = (inputSize: number): number =>
      estimateConvolution(regression, convolution({ inputSize }))?.latencyUs ?? NaN;
    expect(estimateConvolution(regression, convolution({ inputSize: 224 }))?.basis).toBe("extrapolated");
    expect(at(224) / at(112)).toBeCloseTo(4, 9);
    const query = convolution({ kernel: 7 });
    expect((estimateConvolution(regression, query)?.latencyUs ?? NaN) / syntheticUs(query)).toBeCloseTo(1, 2);
  });

  it("takes the nearest stride at the same output size for one that was not swept", () => {
    const strided = estimateConvolution(regression, convolution({ inputSize: 112, stride: 2 }));
    const plain = estimateConvolution(regression, convolution({ inputSize: 56 }));
    expect(strided).toEqual({ latencyUs: plain?.latencyUs, basis: "extrapolated" });
    const both = fitConvolutionRegression(sweep([3], [14, 56, 112], [1, 2]));
    expect(estimateConvolution(both, convolution({ inputSize: 112, stride: 2 }))?.basis).toBe("swept");
  });

  it("weighs relative errors, so a tenfold latency with noise does not swamp a small one", () => {
    const noisy = sweep([3], [56]).map((row, index) => ({
      ...row,
      latencyUs: row.latencyUs * (index % 2 === 0 ? 1.05 : 0.95),
    }));
    const fitted = fitConvolutionRegression(noisy);
    const small = convolution({ inChannels: 1, outChannels: 1 });
    const ratio = (estimateConvolution(fitted, small)?.latencyUs ?? NaN) / syntheticUs(small);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.06);
  });

  it("survives JSON", () => {
    const copy = parseConvolutionRegression(JSON.parse(JSON.stringify(regression)));
    expect(copy).toEqual(regression);
  });
});

describe("the floor under an estimate", () => {
  it("never lets an estimate fall below the sweep's smallest latency", () => {
    // Latency that falls with channels fits a negative slope, which no device has.
    const rows = CHANNELS.map((channels) => ({
      ...convolution({ inChannels: channels, outChannels: channels }),
      latencyUs: 500 - channels,
    }));
    const fitted = fitConvolutionRegression(rows);
    const estimate = estimateConvolution(fitted, convolution({ inChannels: 2000, outChannels: 1 }));
    expect(estimate?.latencyUs).toBeGreaterThanOrEqual(500 - 256);
  });

  it("never beats the highest rate of the sweep", () => {
    const rows = sweep([3], [56]);
    const fitted = fitConvolutionRegression(rows);
    const peak = Math.max(...rows.map((row) => macsOf(row) / row.latencyUs));
    const query = convolution({ inChannels: 4096, outChannels: 4096 });
    const { latencyUs = NaN } = estimateConvolution(fitted, query) ?? {};
    expect(macsOf(query) / latencyUs).toBeLessThanOrEqual(peak * (1 + 1e-12));
  });

  it("stays finite when a cell has fewer rows than coefficients", () => {
    const fitted = fitConvolutionRegression([{ ...convolution(), latencyUs: 100 }]);
    expect(estimateConvolution(fitted, convolution())?.latencyUs).toBeCloseTo(100, 2);
    const doubled = estimateConvolution(fitted, convolution({ outChannels: 160 }))?.latencyUs ?? NaN;
    expect(doubled).toBeGreaterThan(100);
    expect(doubled).toBeLessThan(400);
  });
});

describe("depthwise and grouped convolutions", () => {
  it("are told apart by their groups", () => {
    expect(classOf(convolution({ groups: 1 }))).toBe("regular");
    expect(classOf(convolution({ inChannels: 48, groups: 48 }))).toBe("depthwise");
    expect(classOf(convolution({ groups: 8 }))).toBe("grouped");
  });

  it("have regressions of their own", () => {
    const depthwise = CHANNELS.slice(1).map((channels) => {
      const shape = convolution({ inChannels: channels, outChannels: channels, groups: channels });
      return { ...shape, latencyUs: syntheticUs(shape) };
    });
    const grouped = [16, 32, 64, 128].flatMap((inChannels) =>
      [16, 64, 96].flatMap((outChannels) =>
        [2, 4, 8].map((groups) => {
          const shape = convolution({ inChannels, outChannels, groups });
          return { ...shape, latencyUs: syntheticUs(shape) };
        }),
      ),
    );
    const fitted = fitConvolutionRegression([...sweep([3], [56]), ...depthwise, ...grouped]);
    expect(fitted.classes.map((entry) => entry.class)).toEqual(["regular", "depthwise", "grouped"]);
    for (const query of [
      convolution({ inChannels: 144, outChannels: 144, groups: 144 }),
      convolution({ inChannels: 80, groups: 16 }),
    ]) {
      const estimate = estimateConvolution(fitted, query)?.latencyUs ?? NaN;
      expect(estimate / syntheticUs(query)).toBeCloseTo(1, 2);
    }
  });

  it("are not estimated from a sweep without any", () => {
    const fitted = fitConvolutionRegression(sweep([3], [56]));
    expect(estimateConvolution(fitted, convolution({ groups: 48 }))).toBeNull();
    expect(estimateConvolution(fitted, convolution({ groups: 4 }))).toBeNull();
  });
});

describe("bad input", () => {
  it("is refused in a sweep", () => {
    expect(() => fitConvolutionRegression([{ ...convolution(), latencyUs: 0 }])).toThrow(/latencyUs is 0/);
    const unclear = { ...convolution({ stride: NaN }), latencyUs: 1 };
    expect(() => fitConvolutionRegression([unclear])).toThrow(/stride is NaN/);
  });

  it("is refused in a query", () => {
    const fitted = fitConvolutionRegression(sweep([3], [56]));
    expect(() => estimateConvolution(fitted, convolution({ inChannels: 0 }))).toThrow(/inChannels is 0/);
  });

  it("is refused in JSON", () => {
    const fitted = fitConvolutionRegression(sweep([1, 3], [14, 56]));
    const text = JSON.stringify(fitted);
    expect(() => parseConvolutionRegression(JSON.parse(text.replace('"schema":1', '"schema":2')))).toThrow(TypeError);
    expect(() => parseConvolutionRegression(JSON.parse(text.replaceAll('"kernel":3', '"kernel":1')))).toThrow(/ascend/);
    expect(() => parseConvolutionRegression(JSON.parse(text.replace('"regular"', '"depthwise"')))).toThrow(/needs 2/);
    expect(() => parseConvolutionRegression(null)).toThrow(TypeError);
  });
});
