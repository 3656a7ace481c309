import { groupBy } from "../../../features/group-by.js";
import { conformalQuantile, OUT_OF_DISTRIBUTION_FACTOR, widening } from "../../../predict/interval.js";
import { blendedUs, type HeldOut } from "./cross-validate.js";
import type { Scored } from "./scores.js";

export const COVERAGE = 0.9;

export type GroupOf = (row: HeldOut) => string;

/** Intervals are as wide as residuals of the same phone, engine and precision are. */
export const configurationGroup: GroupOf = ({ device, engine, precision }) => `${device}.${engine}.${precision}`;
/** Where the phone is new, or families differ more than phones do. */
export const runtimeGroup: GroupOf = ({ engine, precision }) => `${engine}.${precision}`;

const widened = ({ score }: Scored): number => widening(score, OUT_OF_DISTRIBUTION_FACTOR);
/** On log latency, over what the score widens the interval by. */
const residualOf = (row: Scored): number => Math.log(row.measuredUs / blendedUs(row)) / widened(row);

/** Half-widths on log latency by group, where all kernels were seen, from rows that trained nothing. */
export function halfWidths(rows: readonly Scored[], groupOf: GroupOf): ReadonlyMap<string, number> {
  return new Map([...groupBy(rows, groupOf)].map(([group, own]) => [group, conformalQuantile(own.map(residualOf), COVERAGE)]));
}

export interface MeasuredCoverage {
  /** Share of rows inside, in percent. */
  readonly coveredPercent: number;
  /** Mean half-width, in percent of the latency. */
  readonly halfWidthPercent: number;
}

/** Every turn's rows against half-widths from the other turns' alone. */
export function crossCoverage(rows: readonly Scored[], groupOf: GroupOf): MeasuredCoverage {
  const parts = [...groupBy(rows, ({ fold }) => fold)].map(([fold, own]) => ({
    share: own.length / rows.length,
    measured: coverageOf(own, halfWidths(rows.filter((row) => row.fold !== fold), groupOf), groupOf),
  }));
  const mean = (of: (measured: MeasuredCoverage) => number): number => parts.reduce((sum, { share, measured }) => sum + share * of(measured), 0);
  return { coveredPercent: mean(({ coveredPercent }) => coveredPercent), halfWidthPercent: mean(({ halfWidthPercent }) => halfWidthPercent) };
}

function coverageOf(rows: readonly Scored[], widths: ReadonlyMap<string, number>, groupOf: GroupOf): MeasuredCoverage {
  const widest = Math.max(...widths.values());
  let covered = 0;
  let width = 0;
  for (const row of rows) {
    const half = widths.get(groupOf(row)) ?? widest;
    covered += Math.abs(residualOf(row)) <= half ? 1 : 0;
    width += Math.exp(half * widened(row)) - 1;
  }
  return { coveredPercent: (100 * covered) / rows.length, halfWidthPercent: (100 * width) / rows.length };
}

/** Rows of one split in intervals that another's residuals calibrate, each phone, engine and precision by itself. */
export function shippedCoverage(calibrating: readonly Scored[], rows: readonly Scored[]): MeasuredCoverage {
  return coverageOf(rows, halfWidths(calibrating, configurationGroup), configurationGroup);
}
