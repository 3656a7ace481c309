import { expect, it } from "vitest";
import { type CurvePoint, sectionOf } from "./learning-curve.js";

it("a learning curve has a row for each number of networks, and a line for each kind of label", () => {
  const point = (networks: number, mapePercent: number): CurvePoint => {
    const accuracy = { within5Percent: 50, within10Percent: 80, mapePercent, rmspePercent: 1, rows: 30 };
    return { networks, rows: 6 * networks, idle: accuracy, loaded: { ...accuracy, mapePercent: 2 * mapePercent }, seconds: 12.3, memoryMiB: 900 };
  };
  const { text, tables, figures } = sectionOf("ours", [point(10, 8), point(100, 4)]);
  expect(text).toContain("ours");
  expect(text).toContain("30 test networks");
  expect(tables[0]?.rows).toEqual([
    ["10", "60", "80.0", "8.00", "80.0", "16.00", "12", "900"],
    ["100", "600", "80.0", "4.00", "80.0", "8.00", "12", "900"],
  ]);
  const [panel] = figures?.[0]?.figure.panels ?? [];
  expect(panel?.kind === "xy" ? panel.series.map(({ name, points }) => [name, points.map(({ y }) => y)]) : []).toEqual([
    ["idle", [8, 4]],
    ["under load", [16, 8]],
  ]);
});
