import { describe, expect, it } from "vitest";
import { KIND_TERMS, TERMS_PER_CLASS } from "../../../conv/kind-sums.js";
import { KERNEL_CLASSES } from "../../../features/kernel-class.js";
import { doubtfulCells } from "./doubtful.js";
import { configurationGroup, crossCoverage, halfWidths, shippedCoverage } from "./intervals.js";
import { type KindRow, OperatorSums } from "./operator-sums.js";
import type { Scored } from "./scores.js";
import type { PhoneRow } from "./table.js";

/** All numbers here are made up. */
const DEVICES = ["pixel4", "mi8se", "a03s", "iphone7", "iphonexs"];

function rowOf(model: number, device: string, cores: string, latencyUs: number): PhoneRow {
  return { model: `resnet${model}`, engine: "tflite", device, cores, precision: "float32", latencyUs, deviationUs: 1, flops: 1, parameterBytes: 1 };
}

describe("doubtful cells", () => {
  const rows = Array.from({ length: 20 }, (_, model) =>
    DEVICES.flatMap((device, d) => ["1large", "2large"].map((cores, c) => rowOf(model, device, cores, (1000 + 300 * model) * (d + 1) * (1 + c * 0.1 * (model % 3))))),
  ).flat();

  it("are those that a network's and a configuration's other measurements contradict", () => {
    const wrong = rows.map((row, i) => (i === 77 ? { ...row, latencyUs: row.latencyUs * 3 } : row));
    const [first, ...others] = doubtfulCells(wrong);
    expect(others).toEqual([]);
    expect(first?.model).toBe(wrong[77]?.model);
    expect(first?.factor).toBeGreaterThan(2);
  });

  it("are none where everything fits", () => {
    expect(doubtfulCells(rows)).toEqual([]);
  });
});

describe("intervals", () => {
  const heldOut = (fold: string, device: string, error: number): Scored => ({
    model: "resnet10",
    family: "resnet",
    configuration: `${device}.tflite.float32.1large`,
    device,
    engine: "tflite",
    precision: "float32",
    fold,
    measuredUs: 1000 * Math.exp(error),
    factorsUs: 1000,
    score: 0,
    flagged: false,
    baselines: { "FLOPs line": 1, "FLOPs and bytes": 1, "sums over operator kinds": 1000 },
  });
  const errors = Array.from({ length: 200 }, (_, i) => (i - 100) / 1000);
  const rows = errors.flatMap((error, i) => [heldOut(String(i % 4), "pixel4", error), heldOut(String(i % 4), "a03s", 3 * error)]);

  it("are as wide as the residuals of their phone", () => {
    const widths = halfWidths(rows, configurationGroup);
    expect(widths.get("pixel4.tflite.float32")).toBeCloseTo(0.09, 2);
    expect(widths.get("a03s.tflite.float32")).toBeCloseTo(0.27, 2);
  });

  it("hold as often as they are asked to where turns are alike", () => {
    expect(crossCoverage(rows, configurationGroup).coveredPercent).toBeCloseTo(90, -0.5);
  });

  it("fail, and show it, where a turn is unlike the others", () => {
    const odd = rows.map((row) => (row.fold === "0" ? { ...row, measuredUs: row.measuredUs * 2 } : row));
    expect(crossCoverage(odd, configurationGroup).coveredPercent).toBeLessThan(76);
  });

  it("are wider where kernels are unlike those that trained", () => {
    const unlike = rows.map((row) => ({ ...row, score: 0.5, measuredUs: 1000 * (row.measuredUs / 1000) ** 4 }));
    const [known, strange] = [shippedCoverage(rows, rows), shippedCoverage(rows, unlike)];
    expect(known.coveredPercent).toBeGreaterThan(88);
    // Four times as wrong, four and a half times as wide.
    expect(strange.coveredPercent).toBeGreaterThan(known.coveredPercent);
    expect(strange.halfWidthPercent).toBeGreaterThan(4 * known.halfWidthPercent);
    expect(shippedCoverage(rows, unlike.map((row) => ({ ...row, score: 0 }))).coveredPercent).toBeLessThan(40);
  });
});

const CONVOLUTIONS = TERMS_PER_CLASS * KERNEL_CLASSES.indexOf("conv");
const POOLINGS = TERMS_PER_CLASS * KERNEL_CLASSES.indexOf("max-pool");

/** Totals of a network of so many calls of two kinds, and nothing else. */
function kindsOf(convolutions: number, poolings: number): readonly number[] {
  const totals = new Array<number>(KIND_TERMS).fill(0);
  totals[CONVOLUTIONS] = convolutions;
  totals[POOLINGS] = poolings;
  totals[KIND_TERMS - 1] = 1;
  return totals;
}

describe("sums over operator kinds", () => {
  /** Two kinds and a constant; configurations differ in speed and in the second kind's cost. */
  const totals = Array.from({ length: 12 }, (_, i) => kindsOf(1 + (i % 4), 2 + (i % 3) * 3));
  const truth = (configuration: number, list: readonly number[]): number =>
    (1 + configuration) * (10 * (list[CONVOLUTIONS] ?? 0) + (5 + configuration) * (list[POOLINGS] ?? 0) + 2);
  const rows = totals.flatMap((list, i) =>
    [0, 1, 2].flatMap((c) => (c === 2 && i >= 3 ? [] : [{ configuration: `c${c}`, runtime: "tflite/float32", device: "a", oneCore: `c${c}`, totals: list, latencyUs: truth(c, list) }])),
  );

  it("recover costs, and borrow from the runtime where a configuration has few measurements", () => {
    const sums = new OperatorSums(rows);
    const unseen = kindsOf(3, 4);
    expect(sums.predict("c0", unseen) / truth(0, unseen)).toBeCloseTo(1, 1);
    expect(Math.abs(sums.predict("c2", unseen) / truth(2, unseen) - 1)).toBeLessThan(0.1);
    expect(sums.predict("c9", unseen)).toBeNaN();
  });

  it("let a kind that no network had cost what one like it does", () => {
    const costs = new OperatorSums(rows).costs("c0") ?? [];
    const averagePoolings = TERMS_PER_CLASS * KERNEL_CLASSES.indexOf("average-pool");
    expect(costs[averagePoolings]).toBe(costs[POOLINGS]);
    expect(costs[averagePoolings]).toBeGreaterThan(0);
  });

  it("know from other phones which kinds gain nothing from more cores", () => {
    const cores = [1, 2, 4];
    // Convolutions are shared out among the cores, poolings are not.
    const latencyUs = (speed: number, used: number, list: readonly number[]): number =>
      ((10 * (list[CONVOLUTIONS] ?? 0)) / used + 0.2 * (list[POOLINGS] ?? 0)) / speed;
    // The new phone ran networks whose poolings are in proportion to their convolutions: they alone do not tell the two apart.
    const alike = [1, 2, 3].map((size) => kindsOf(2 * size, 4 * size));
    const others = Array.from({ length: 24 }, (_, i) => kindsOf(1 + (i % 4), 2 + (i % 5) * 3));
    const poolings = kindsOf(1, 50);
    const errorsWhere = (oneCoreOf: (device: string, used: number) => string): readonly number[] => {
      const rowsOf = (device: string, speed: number, networks: readonly (readonly number[])[]): readonly KindRow[] =>
        cores.flatMap((used) =>
          networks.map((list) => ({
            configuration: `${device}.${used}`,
            runtime: "tflite/int8",
            device,
            oneCore: oneCoreOf(device, used),
            totals: list,
            latencyUs: latencyUs(speed, used, list),
          })),
        );
      const sums = new OperatorSums([...rowsOf("a", 1, [...others, ...alike]), ...rowsOf("b", 2, [...others, ...alike]), ...rowsOf("new", 1.5, alike)]);
      return cores.map((used) => Math.abs(sums.predict(`new.${used}`, poolings) / latencyUs(1.5, used, poolings) - 1));
    };
    const meanError = (errors: readonly number[]): number => errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const told = meanError(errorsWhere((device) => `${device}.1`));
    const untold = meanError(errorsWhere((device, used) => `${device}.${used}`));
    expect(told).toBeLessThan(0.8 * untold);
  });
});
