import { accuracyOf } from "../../evaluate/metrics.js";
import type { Section, Table } from "../../evaluate/report.js";
import { spearman } from "../../evaluate/spearman.js";
import { type Baseline, BASELINES } from "./baselines.js";
import type { ContestResult } from "./comparison/contest.js";
import { contestCells } from "./comparison/sections.js";
import { blendedUs, type HeldOut } from "./cross-validate.js";
import type { DoubtfulCell } from "./doubtful.js";
import type { PhoneSample } from "./samples.js";
import { configurationGroup, crossCoverage, type GroupOf, type MeasuredCoverage, shippedCoverage } from "./intervals.js";
import type { Scored } from "./scores.js";

type Predictor = (row: HeldOut) => number;

/** Baselines by the work that they stand for. */
const KNOWN_AS: Readonly<Record<Baseline, string>> = {
  "FLOPs line": "FLOPs line",
  "FLOPs and bytes": "FLOPs and bytes (as NeuralPower and PALEO)",
  "sums over operator kinds": "sums over operator kinds (nn-Meter's way)",
};

const PREDICTORS: readonly (readonly [name: string, us: Predictor])[] = [
  ["factors and sums, blended (shipped)", blendedUs],
  ["factors", (row) => row.factorsUs],
  ...BASELINES.map((name): readonly [string, Predictor] => [KNOWN_AS[name], (row) => row.baselines[name]]),
];

export interface Beside {
  /** Other ways to predict the same rows. */
  readonly others?: readonly ContestResult[];
  /** What the intervals that ship are calibrated by, where that is not these rows. */
  readonly calibrating?: readonly Scored[] | undefined;
}

/** What a split shows: all predictors on all rows, the shipped one by phone and engine, how often intervals hold. */
export function splitSection(title: string, text: string, rows: readonly Scored[], groupOf: GroupOf, { others = [], calibrating }: Beside = {}): Section {
  const tables = [predictorTable(rows, others), groupTable(rows, "phone, engine, precision", configurationGroup)];
  if (new Set(rows.map(({ fold }) => fold)).size > 1) tables.push(groupTable(rows, "left out", ({ fold }) => fold), groupTable(rows, "family", ({ family }) => family));
  const { coveredPercent, halfWidthPercent } = crossCoverage(rows, groupOf);
  const { within, beyond } = byFlag(rows);
  return {
    title,
    text: `${text}

Intervals asked at 90 %, their widths from the other turns alone: ${coveredPercent.toFixed(1)} % inside, mean half-width
${halfWidthPercent.toFixed(1)} %. ${within}${beyond} Spearman correlation of score and error: ${scoreRank(rows).toFixed(2)}.${
      calibrating === undefined ? "" : ` ${shippedText(shippedCoverage(calibrating, rows))}`
    }`,
    tables,
  };
}

const shippedText = ({ coveredPercent, halfWidthPercent }: MeasuredCoverage): string =>
  `In intervals as they ship, which known families calibrate: ${coveredPercent.toFixed(1)} %, mean half-width ${halfWidthPercent.toFixed(1)} %.`;

function scoreRank(rows: readonly Scored[]): number {
  return spearman(rows.map((row) => ({ predicted: row.score, measured: Math.abs(Math.log(blendedUs(row) / row.measuredUs)) })));
}

function byFlag(rows: readonly Scored[]): { readonly within: string; readonly beyond: string } {
  const flagged = rows.filter((row) => row.flagged);
  const others = rows.filter((row) => !row.flagged);
  const mape = (list: readonly HeldOut[]): string => accuracyOf(list.map(pairBy(blendedUs))).mapePercent.toFixed(2);
  if (flagged.length === 0) return { within: "No row is flagged as out of distribution.", beyond: "" };
  return {
    within: others.length === 0 ? "All rows are flagged as out of distribution" : `MAPE where nothing is flagged as out of distribution: ${mape(others)} % (${others.length} rows)`,
    beyond: `; where it is: ${mape(flagged)} % (${flagged.length} rows).`,
  };
}

const pairBy = (us: Predictor) => (row: HeldOut) => ({ predicted: us(row), measured: row.measuredUs });

function predictorTable(rows: readonly HeldOut[], others: readonly ContestResult[]): Table {
  return {
    head: ["predictor", "MAPE %", "±5 %", "±10 %", "rows"],
    rows: [...PREDICTORS.map(([name, us]) => [name, ...cells(rows, us)]), ...others.map((result) => [result.name, ...contestCells(result, rows)])],
  };
}

function cells(rows: readonly HeldOut[], us: Predictor): string[] {
  const { mapePercent, within5Percent, within10Percent } = accuracyOf(rows.map(pairBy(us)));
  return [mapePercent.toFixed(2), within5Percent.toFixed(1), within10Percent.toFixed(1), String(rows.length)];
}

/** One row per group: what ships, and the best known baseline's MAPE beside. */
function groupTable(rows: readonly HeldOut[], head: string, groupOf: GroupOf): Table {
  const groups = [...new Set(rows.map(groupOf))].sort();
  return {
    head: [head, "MAPE %", "±5 %", "±10 %", "rows", "MAPE % of sums over kinds", "MAPE % of FLOPs lines"],
    rows: groups.map((group) => {
      const own = rows.filter((row) => groupOf(row) === group);
      const baseline = (name: (typeof BASELINES)[number]): string => cells(own, (row) => row.baselines[name])[0] ?? "";
      return [group, ...cells(own, blendedUs), baseline("sums over operator kinds"), baseline("FLOPs line")];
    }),
  };
}

/** Work and parameters of the rebuilt networks against what the tables state, by family. */
export function networksSection(samples: readonly PhoneSample[]): Section {
  const families = [...new Set(samples.map(({ family }) => family))].sort();
  const range = (values: readonly number[]): string => `${Math.min(...values).toFixed(3)} to ${Math.max(...values).toFixed(3)}`;
  return {
    title: "The networks",
    text: `FLOPs and parameters that the tables state, over those of the rebuilt networks; the tables count two FLOPs for a
multiplication with an addition, so twice the MACs are compared.`,
    tables: [
      {
        head: ["family", "networks", "FLOPs, tflite", "FLOPs, torch", "bytes of parameters"],
        rows: families.map((family) => {
          const own = samples.filter((sample) => sample.family === family);
          const flops = (engine: string): string => {
            const ofEngine = own.filter(({ row }) => row.engine === engine);
            return ofEngine.length === 0 ? "not measured" : range(ofEngine.map(({ row, model }) => row.flops / (2 * model.graph.totals.macs)));
          };
          const bytes = range(own.map(({ row, model }) => row.parameterBytes / model.graph.totals.weightBytes));
          return [family, String(new Set(own.map(({ row }) => row.model)).size), flops("tflite"), flops("torch"), bytes];
        }),
      },
    ],
  };
}

const LISTED = 40;

export function doubtfulSection(cells: readonly DoubtfulCell[]): Section {
  return {
    title: "Doubtful measurements",
    text: `${cells.length} cells are off by a factor of 1.35 or more from a robust fit of rank 4 to the logarithms (networks x
configurations of one engine and precision). None is dropped: all of them train and count above. The ${Math.min(LISTED, cells.length)} furthest off:`,
    tables: [
      {
        head: ["network", "configuration", "ms", "measured / expected"],
        rows: cells
          .slice(0, LISTED)
          .map(({ model, configuration, latencyUs, factor }) => [model, configuration, (latencyUs / 1000).toFixed(1), factor.toFixed(2)]),
      },
    ],
  };
}
