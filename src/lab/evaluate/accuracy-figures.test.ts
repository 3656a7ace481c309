import { describe, expect, it } from "vitest";
import { renderFigure, type Figure } from "../figures/index.js";
import { accuracyFigure, countFigure, coverageFigure, coveragePercent, groupsFigure, stateFigure } from "./accuracy-figures.js";
import { accuracyOf, type Pair } from "./metrics.js";

/** All numbers are made up: predictions that are off by these shares. */
const pairsOff = (...errors: readonly number[]): Pair[] => errors.map((error, i) => ({ measured: 1000 * (i + 1), predicted: 1000 * (i + 1) * (1 + error) }));
const resultOf = (predictor: string, pairs: readonly Pair[]) => ({ predictor, accuracy: accuracyOf(pairs), pairs });
const seriesOf = (figure: Figure, panel: number) => {
  const found = figure.panels[panel];
  return found?.kind === "xy" ? found.series : [];
};

describe("figures of accuracy", () => {
  const results = [resultOf("ours", pairsOff(0.01, -0.02, 0.05)), { predictor: "trees", accuracy: null, pairs: [] }, resultOf("sums", pairsOff(0.2, 0.9, 0.3))];

  it("show predictions in ms beside the diagonal, without predictors that could not run", () => {
    const figure = accuracyFigure("Accuracy", results);
    expect(seriesOf(figure, 0).map(({ name, mark }) => [name, mark])).toEqual([
      ["ours", "points"],
      ["sums", "points"],
      ["as measured", "reference"],
    ]);
    expect(seriesOf(figure, 0)[0]?.points[2]).toEqual({ x: 3, y: expect.closeTo(3.15, 9) as number });
    expect(seriesOf(figure, 0)[2]?.points).toEqual([
      { x: 1, y: 1 },
      { x: 3, y: 3 },
    ]);
    expect(renderFigure(figure)).toContain("</svg>");
  });

  it("show which share of the predictions is off by no more, as far as that tells anything", () => {
    const [ours, sums] = seriesOf(accuracyFigure("Accuracy", results), 1);
    expect(ours?.points.at(-1)).toEqual({ x: expect.closeTo(5, 9) as number, y: 100 });
    expect(ours?.points.find(({ y }) => y === 50)?.x).toBeCloseTo(2, 9);
    expect(Math.max(...(sums?.points ?? []).map(({ x }) => x))).toBeLessThanOrEqual(40);
  });

  it("show mean errors by group, a panel for each predictor", () => {
    const groups = ["resnet", "vgg"].map((name, i) => ({ name, results: [resultOf("ours", pairsOff(0.1 * (i + 1))), resultOf("sums", pairsOff(0.5))] }));
    const bars = groupsFigure("Families", groups).panels.map((panel) => (panel.kind === "bars" ? panel.bars.map(({ values }) => Math.round(values[0] ?? 0)) : []));
    expect(bars).toEqual([
      [10, 20],
      [50, 50],
    ]);
    expect(groupsFigure("None", []).panels).toEqual([]);
  });
});

describe("coverage", () => {
  it("is the share of residuals of either sign within the half-width", () => {
    expect(coveragePercent([-0.1, 0.05, 0.3, -0.2], 0.1)).toBe(50);
  });

  it("meets what was asked where residuals are alike, and falls short where they are larger", () => {
    const residuals = Array.from({ length: 200 }, (_, i) => (i - 100) / 1000);
    const figure = coverageFigure("Coverage", [
      { name: "alike", calibrating: residuals, testing: residuals },
      { name: "larger", calibrating: residuals, testing: residuals.map((residual) => 2 * residual) },
      { name: "none", calibrating: residuals, testing: [] },
    ]);
    const [alike, larger, asked] = seriesOf(figure, 0);
    expect(asked?.mark).toBe("reference");
    for (const [i, { y }] of (alike?.points ?? []).entries()) expect(Math.abs(y - (asked?.points[i]?.y ?? 0))).toBeLessThan(2);
    for (const [i, { y }] of (larger?.points ?? []).entries()) expect(y).toBeLessThan(0.6 * (asked?.points[i]?.y ?? 0));
  });
});

it("errors by state are signed, a colour for each kind of load", () => {
  const pair = { kind: "both", utilization: 0.5, bandwidthGBs: 20, measured: 100, predicted: 90 };
  const figure = stateFigure("States", [pair, { ...pair, kind: "alone", predicted: 120 }]);
  expect(seriesOf(figure, 0).map(({ name, points }) => [name, ...points.map(({ x, y }) => [x, Math.round(y)])])).toEqual([
    ["alone", [50, 20]],
    ["both", [50, -10]],
  ]);
  expect(seriesOf(figure, 1)[1]?.points[0]?.x).toBe(20);
});

it("errors by a number of networks are lines over a logarithmic axis", () => {
  const [panel] = countFigure("Curve", "networks", [{ name: "idle", points: [{ x: 10, y: 5 }, { x: 100, y: 2 }] }]).panels;
  expect(panel).toMatchObject({ x: { label: "networks", scale: "log" }, series: [{ name: "idle", mark: "line" }] });
});
