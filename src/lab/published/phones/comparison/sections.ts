import { accuracyOf, type Pair } from "../../../evaluate/metrics.js";
import type { Section, Table } from "../../../evaluate/report.js";
import type { Figure, Series } from "../../../figures/index.js";
import { blendedUs, type HeldOut } from "../cross-validate.js";
import type { Contested, ContestResult } from "./contest.js";
import type { CurvePoint } from "./learning-curve.js";

const HEAD = ["MAPE %", "±5 %", "±10 %", "rows"] as const;

/**
 * MAPE and shares of a contender's predictions, for the tables.
 *
 * @throws RangeError where it was judged on other rows than what ships
 */
export function contestCells({ name, rows }: ContestResult, shipped: readonly HeldOut[]): string[] {
  if (rows === null) return ["not run", "", "", ""];
  if (rows.length !== shipped.length || rows.some((row, i) => row.configuration !== shipped[i]?.configuration || row.model !== shipped[i].model)) {
    throw new RangeError(`${name} was judged on other rows than what ships.`);
  }
  return accuracyCells(pairsOf(rows));
}

function pairsOf(rows: readonly Contested[]): readonly Pair[] {
  return rows.map(({ predictedUs, measuredUs }) => ({ predicted: predictedUs, measured: measuredUs }));
}

function accuracyCells(pairs: readonly Pair[]): string[] {
  const { mapePercent, within5Percent, within10Percent, rows } = accuracyOf(pairs);
  return [mapePercent.toFixed(2), within5Percent.toFixed(1), within10Percent.toFixed(1), String(rows)];
}

/** What each part of the predictor is worth, on the rows of the turns that ablations were trained for. */
export interface AblationPart {
  readonly title: string;
  readonly shipped: readonly HeldOut[];
  readonly results: readonly ContestResult[];
}

export function ablationSection(parts: readonly AblationPart[], text: string): Section {
  return {
    title: "What each part is worth",
    text,
    tables: parts.map(({ title, shipped, results }): Table => {
      const own = (us: (row: HeldOut) => number): string[] => accuracyCells(shipped.map((row) => ({ predicted: us(row), measured: row.measuredUs })));
      return {
        head: [title, ...HEAD],
        rows: [
          ["factors and sums, blended (shipped)", ...own(blendedUs)],
          ["factors", ...own((row) => row.factorsUs)],
          ["without z: no network over kernels, the sums alone", ...own((row) => row.baselines["sums over operator kinds"])],
          ...results.map((result) => [result.name, ...contestCells(result, shipped)]),
        ],
      };
    }),
  };
}

/** Errors by the share of networks that trained. */
export function curveTable(title: string, points: readonly CurvePoint[]): Table {
  const names = points[0]?.results.map(({ name }) => name) ?? [];
  return {
    head: [`${title}, training networks`, ...names.flatMap((name) => [`${name}, MAPE %`, "±10 %"])],
    rows: points.map(({ share, networks, results }) => [
      `${networks.toFixed(0)} (${100 * share} %)`,
      ...results.flatMap(({ rows }) => {
        if (rows === null) return ["not run", ""];
        const [mape = "", , within10 = ""] = accuracyCells(pairsOf(rows));
        return [mape, within10];
      }),
    ]),
  };
}

/** One panel for each part. */
export function curveFigure(parts: readonly { readonly title: string; readonly points: readonly CurvePoint[] }[]): Figure {
  return {
    title: "Error on phones by the number of networks that train",
    panels: parts.map(({ title, points }) => ({
      kind: "xy",
      title,
      x: { label: "training networks", scale: "log" },
      y: { label: "MAPE, %", scale: "linear", include: [0] },
      series: seriesOf(points),
    })),
  };
}

function seriesOf(points: readonly CurvePoint[]): readonly Series[] {
  const names = points[0]?.results.map(({ name }) => name) ?? [];
  return names.flatMap((name): Series[] => {
    const line = points.flatMap(({ networks, results }) => {
      const rows = results.find((result) => result.name === name)?.rows ?? null;
      if (rows === null) return [];
      const { mapePercent } = accuracyOf(pairsOf(rows));
      return [{ x: networks, y: mapePercent }];
    });
    return line.length > 0 ? [{ name, mark: "line", points: line }] : [];
  });
}
