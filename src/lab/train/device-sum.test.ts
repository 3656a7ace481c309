import { describe, expect, it } from "vitest";
import { createRandom } from "../../model/random.js";
import { chooseDeviceSum, deviceSumBasis, fitDeviceSum, predictDeviceSum } from "./device-sum.js";

const random = createRandom(5);
/** Architectures of two quantities, and devices to which these cost differently: all made up. */
const QUANTITIES = Array.from({ length: 60 }, () => [random.integer(8), 1 + random.integer(8)]);
const cost = (a: number, b: number) => QUANTITIES.map(([x = 0, y = 0]) => 2 + a * x + b * y);
const [FIRST, SECOND] = [cost(1, 1), cost(1, 4)];
const KNOWN = QUANTITIES.map((_, i) => [FIRST[i] ?? 0, SECOND[i] ?? 0]);
const SAMPLES = Array.from({ length: 10 }, (_, i) => i);
const PENALTIES = [0.1, 100];

function worstError(target: readonly number[], predict: (item: number) => number): number {
  return Math.max(...target.map((value, item) => Math.abs(predict(item) / value - 1)));
}

describe("a device from ten samples", () => {
  const basis = deviceSumBasis(KNOWN, QUANTITIES, { standardise: true });

  it("that is a known one at another speed is met closely", () => {
    const target = SECOND.map((value) => 7 * value);
    const { model } = chooseDeviceSum(basis, SAMPLES, SAMPLES.map((i) => target[i] ?? 0), PENALTIES, 10);
    expect(worstError(target, (item) => predictDeviceSum(model, item))).toBeLessThan(0.06);
  });

  it("that is like none of the known ones is told by the quantities, at the penalty that leaving samples out chooses", () => {
    const target = cost(6, 0.5);
    const latencies = SAMPLES.map((i) => target[i] ?? 0);
    const chosen = chooseDeviceSum(basis, SAMPLES, latencies, PENALTIES, 10);
    expect(chosen.columnPenalty).toBe(0.1);
    const stiff = fitDeviceSum(basis, SAMPLES, latencies, 1e6);
    const error = worstError(target, (item) => predictDeviceSum(chosen.model, item));
    expect(error).toBeLessThan(worstError(target, (item) => predictDeviceSum(stiff, item)));
    expect(chosen.heldOut).toHaveLength(10);
  });
});

it("without known devices and with many samples it is a lookup table", () => {
  const target = cost(3, 2);
  const model = fitDeviceSum(deviceSumBasis([], QUANTITIES, { standardise: false }), [...target.keys()], target, 1e-6);
  expect(worstError(target, (item) => predictDeviceSum(model, item))).toBeLessThan(0.01);
});

it("refuses a device without samples", () => {
  expect(() => fitDeviceSum(deviceSumBasis([], QUANTITIES, { standardise: false }), [], [], 1)).toThrow(RangeError);
});
