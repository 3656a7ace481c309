import { conformalQuantile } from "../../../predict/interval.js";
import { blendedUs, type HeldOut } from "./cross-validate.js";

export const COVERAGE = 0.9;

export type GroupOf = (row: HeldOut) => string;

/** Intervals are as wide as residuals of the same phone, engine and precision are. */
export const configurationGroup: GroupOf = ({ device, engine, precision }) => `${device}.${engine}.${precision}`;
/** Where the phone is new, or families differ more than phones do. */
export const runtimeGroup: GroupOf = ({ engine, precision }) => `${engine}.${precision}`;

const logError = (row: HeldOut): number => Math.log(row.measuredUs / blendedUs(row));

/** Half-widths on log latency by group, from rows that trained nothing. */
export function halfWidths(rows: readonly HeldOut[], groupOf: GroupOf): ReadonlyMap<string, number> {
  const residuals = new Map<string, number[]>();
  for (const row of rows) {
    const list = residuals.get(groupOf(row)) ?? [];
    list.push(logError(row));
    residuals.set(groupOf(row), list);
  }
  return new Map([...residuals].map(([group, list]) => [group, conformalQuantile(list, COVERAGE)]));
}

export interface MeasuredCoverage {
  /** Share of rows inside, in percent. */
  readonly coveredPercent: number;
  /** Mean half-width, in percent of the latency. */
  readonly halfWidthPercent: number;
}

/** Every turn's rows against half-widths from the other turns' alone. */
export function crossCoverage(rows: readonly HeldOut[], groupOf: GroupOf): MeasuredCoverage {
  const folds = [...new Set(rows.map(({ fold }) => fold))];
  let covered = 0;
  let width = 0;
  for (const fold of folds) {
    const widths = halfWidths(rows.filter((row) => row.fold !== fold), groupOf);
    const widest = Math.max(...widths.values());
    for (const row of rows.filter((own) => own.fold === fold)) {
      const half = widths.get(groupOf(row)) ?? widest;
      covered += Math.abs(logError(row)) <= half ? 1 : 0;
      width += Math.exp(half) - 1;
    }
  }
  return { coveredPercent: (100 * covered) / rows.length, halfWidthPercent: (100 * width) / rows.length };
}

/** How much wider an interval has to be where families are unlike those that trained; never narrower. */
export function outOfDistributionFactor(members: readonly HeldOut[], families: readonly HeldOut[]): number {
  const quantile = (rows: readonly HeldOut[]): number => conformalQuantile(rows.map(logError), COVERAGE);
  return Math.max(1, quantile(families) / quantile(members));
}
