import { describe, expect, it } from "vitest";
import type { Accuracy } from "./metrics.js";
import { accuracyCells, comparisonTable, markdown, resultTable } from "./report.js";

const ACCURACY: Accuracy = { within5Percent: 61.26, within10Percent: 91.04, mapePercent: 4.567, rmspePercent: 6, rows: 120 };

describe("a table of results", () => {
  it("has a row for each predictor, with shares to a tenth and errors to a hundredth", () => {
    expect(resultTable([{ predictor: "ours", accuracy: ACCURACY }])).toEqual({
      head: ["predictor", "±10 %", "±5 %", "MAPE %", "RMSPE %", "rows"],
      rows: [["ours", "91.0", "61.3", "4.57", "6.00", "120"]],
    });
  });

  it("says of a predictor that could not run that it was not run, in as many cells", () => {
    expect(accuracyCells(null)).toEqual(["not run", "", "", "", ""]);
    expect(accuracyCells(null)).toHaveLength(accuracyCells(ACCURACY).length);
  });
});

describe("a comparison", () => {
  it("has a row for each group and a column for each predictor", () => {
    const results = [
      { predictor: "ours", accuracy: ACCURACY },
      { predictor: "trees", accuracy: null },
    ];
    expect(comparisonTable([{ name: "resnet", results }], "family")).toEqual({
      head: ["family", "rows", "ours", "trees"],
      rows: [["resnet", "120", "91.0 (4.6)", "not run"]],
    });
  });

  it("of no groups has no rows", () => {
    expect(comparisonTable([], "family")).toEqual({ head: ["family", "rows"], rows: [] });
  });
});

it("markdown has a heading, a text and the tables of each section, numbers to the right", () => {
  const table = { head: ["a", "b"], rows: [["x", "1"], ["y", "2"]] };
  const text = markdown([
    { title: "First", text: "What it shows.", tables: [table] },
    { title: "Second", text: "Nothing.", tables: [] },
  ]);
  expect(text).toBe(
    ["## First", "", "What it shows.", "", "| a | b |", "| --- | ---: |", "| x | 1 |", "| y | 2 |", "", "## Second", "", "Nothing."].join("\n"),
  );
});

it("markdown shows a section's figures before its tables, by their titles", () => {
  const figure = { title: "Errors fall", panels: [] };
  const text = markdown([{ title: "First", text: "What.", figures: [{ name: "curve", figure }], tables: [] }], (name) => `figures/toy-${name}.svg`);
  expect(text).toBe(["## First", "", "What.", "", "![Errors fall](figures/toy-curve.svg)"].join("\n"));
});
