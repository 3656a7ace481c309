import { conformalQuantile } from "../../predict/interval.js";
import { quantile } from "../dataset/statistics.js";
import type { Figure, Panel, Point, Series } from "../figures/index.js";
import type { Result } from "./experiments.js";
import type { Pair } from "./metrics.js";

const errorPercent = ({ predicted, measured }: Pair): number => 100 * Math.abs(predicted / measured - 1);
const ran = (results: readonly Result[]): readonly Required<Result>[] =>
  results.flatMap(({ predictor, accuracy, pairs = [] }) => (pairs.length === 0 ? [] : [{ predictor, accuracy, pairs }]));

/** Predictions of what ships and of the research design beside their measurements, and how far off each predictor is how often. */
export function accuracyFigure(title: string, results: readonly Result[]): Figure {
  const known = ran(results);
  return {
    title,
    panels: [
      againstMeasured("ms", known.slice(0, 2).map(inMilliseconds), known.flatMap(({ pairs }) => pairs.map(({ measured }) => measured / 1000))),
      {
        kind: "xy",
        title: "Predictions that are off by no more",
        x: { label: "error, %", scale: "linear", include: [0] },
        y: { label: "share of predictions, %", scale: "linear", include: [0, 100] },
        series: known.map(({ predictor, pairs }): Series => ({ name: predictor, mark: "line", points: cumulative(pairs) })),
      },
    ],
  };
}

interface NamedPairs {
  readonly name: string;
  readonly pairs: readonly Pair[];
}

/** Predictions of several things beside their measurements. */
export function scatterFigure(title: string, unit: string, sets: readonly NamedPairs[]): Figure {
  return { title, panels: [againstMeasured(unit, sets, sets.flatMap(({ pairs }) => pairs.map(({ measured }) => measured)))] };
}

/** @param range measurements that the line of those that are met goes along */
function againstMeasured(unit: string, sets: readonly NamedPairs[], range: readonly number[]): Panel {
  const points = ({ predicted, measured }: Pair): Point => ({ x: measured, y: predicted });
  return {
    kind: "xy",
    title: "Predicted against measured",
    x: { label: `measured, ${unit}`, scale: "log" },
    y: { label: `predicted, ${unit}`, scale: "log" },
    series: [...sets.map(({ name, pairs }): Series => ({ name, mark: "points", points: pairs.map(points) })), diagonal(range)],
  };
}

const inMilliseconds = ({ predictor, pairs }: Required<Result>): NamedPairs => ({
  name: predictor,
  pairs: pairs.map(({ predicted, measured }) => ({ predicted: predicted / 1000, measured: measured / 1000 })),
});

function diagonal(values: readonly number[]): Series {
  const ends = values.length === 0 ? [] : [Math.min(...values), Math.max(...values)];
  return { name: "as measured", mark: "reference", points: ends.map((end) => ({ x: end, y: end })) };
}

/** Errors beyond it are the same failure to whoever looks. */
const WORST_SHOWN = 40;

function cumulative(pairs: readonly Pair[]): readonly Point[] {
  const errors = pairs.map(errorPercent);
  return Array.from({ length: 101 }, (_, y) => ({ x: quantile(errors, y / 100), y })).filter(({ x }) => x <= WORST_SHOWN);
}

/** Mean errors by group (families, for instance) of the first predictors of each, side by side. */
export function groupsFigure(title: string, groups: readonly { readonly name: string; readonly results: readonly Result[] }[], shown = 2): Figure {
  const names = (groups[0]?.results ?? []).slice(0, shown).map(({ predictor }) => predictor);
  return {
    title,
    panels: names.map((name, index): Panel => ({
      kind: "bars",
      title: name,
      xLabel: "MAPE, %",
      parts: [name],
      bars: groups.map((group) => ({ name: group.name, values: [group.results[index]?.accuracy?.mapePercent ?? 0] })),
    })),
  };
}

const ASKED = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95] as const;

/** Logarithms of measured over predicted: of models that intervals are made from, and of those that test. */
export interface Residuals {
  readonly name: string;
  readonly calibrating: readonly number[];
  readonly testing: readonly number[];
}

/** How many residuals lie within the half-width, in percent. */
export function coveragePercent(residuals: readonly number[], halfWidth: number): number {
  return (100 * residuals.filter((residual) => Math.abs(residual) <= halfWidth).length) / residuals.length;
}

/** How many of the test rows lie in intervals that are asked to hold so many. */
export function coverageFigure(title: string, groups: readonly Residuals[]): Figure {
  const line = ({ name, calibrating, testing }: Residuals): Series => ({
    name,
    mark: "line",
    points: ASKED.map((asked) => ({ x: 100 * asked, y: coveragePercent(testing, conformalQuantile(calibrating, asked)) })),
  });
  return {
    title,
    panels: [
      {
        kind: "xy",
        title: "Coverage of intervals",
        x: { label: "asked, %", scale: "linear" },
        y: { label: "inside, %", scale: "linear", include: [50, 100] },
        series: [
          ...groups.filter(({ testing }) => testing.length > 0).map(line),
          { name: "as asked", mark: "reference", points: ASKED.map((asked) => ({ x: 100 * asked, y: 100 * asked })) },
        ],
      },
    ],
  };
}

/** A prediction in a load state. */
export interface LoadedPair extends Pair {
  /** The kind of load. */
  readonly kind: string;
  readonly utilization: number;
  /** GB/s. */
  readonly bandwidthGBs: number;
}

/** Signed errors against what a state is. */
export function stateFigure(title: string, pairs: readonly LoadedPair[]): Figure {
  const kinds = [...new Set(pairs.map(({ kind }) => kind))].sort();
  const panel = (name: string, label: string, value: (pair: LoadedPair) => number): Panel => ({
    kind: "xy",
    title: name,
    x: { label, scale: "linear" },
    y: { label: "predicted over measured, minus 1, %", scale: "linear", include: [0] },
    series: kinds.map((kind): Series => ({
      name: kind,
      mark: "points",
      points: pairs.filter((pair) => pair.kind === kind).map((pair) => ({ x: value(pair), y: 100 * (pair.predicted / pair.measured - 1) })),
    })),
  });
  return {
    title,
    panels: [
      panel("Error by utilization", "busy share of the model's cores, %", ({ utilization }) => 100 * utilization),
      panel("Error by bandwidth that is left", "read by the probe, GB/s", ({ bandwidthGBs }) => bandwidthGBs),
    ],
  };
}

/** Error by how many networks something was given. */
export function countFigure(title: string, what: string, lines: readonly { readonly name: string; readonly points: readonly Point[] }[]): Figure {
  return {
    title,
    panels: [
      {
        kind: "xy",
        title: "Error by the number of networks",
        x: { label: what, scale: "log" },
        y: { label: "MAPE, %", scale: "linear", include: [0] },
        series: lines.map(({ name, points }): Series => ({ name, mark: "line", points })),
      },
    ],
  };
}
