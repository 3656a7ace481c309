import { solveNonNegative } from "../../../conv/nnls.js";
import { TERMS_PER_CLASS, withStandInCosts } from "../../../conv/kind-sums.js";
import { groupBy } from "../../../features/group-by.js";
import { KERNEL_CLASSES, type KernelClass } from "../../../features/kernel-class.js";

export interface KindRow {
  readonly configuration: string;
  /** Configurations of one runtime share a prior, those of one device in it a nearer one. */
  readonly runtime: string;
  readonly device: string;
  /** See kindTotals. */
  readonly totals: readonly number[];
  readonly latencyUs: number;
}

/** How many measurements a prior counts as; docs/decisions/0026-indirect-convolutions.md tells how it was chosen. */
export const PRIOR_ROWS = 0.3;

/**
 * Latency as a non-negative sum over kinds of kernel, hierarchical: the coefficients of a configuration are drawn to those
 * of its device, times how much slower the configuration is as a whole, and the device's to those of the runtime (engine
 * and precision). Squared relative errors.
 */
export class OperatorSums {
  private readonly coefficients = new Map<string, readonly number[]>();

  constructor(rows: readonly KindRow[]) {
    for (const ofRuntime of groupBy(rows, ({ runtime }) => runtime).values()) {
      const byConfiguration = groupBy(ofRuntime, ({ configuration }) => configuration);
      const slowness = slownessOf(byConfiguration);
      const alike = ofRuntime.map((row) => ({ ...row, latencyUs: row.latencyUs / (slowness.get(row.configuration) ?? 1) }));
      const runtimes = fit(alike, null);
      const devices = new Map([...groupBy(alike, ({ device }) => device)].map(([device, rows]) => [device, fit(rows, runtimes)]));
      for (const [configuration, own] of byConfiguration) {
        const scale = slowness.get(configuration) ?? 1;
        const prior = devices.get(own[0]?.device ?? "") ?? runtimes;
        const costs = fit(own, prior.map((value) => value * scale));
        this.coefficients.set(configuration, withStandInCosts(costs, (kernelClass) => occurs(ofRuntime, kernelClass)));
      }
    }
  }

  /** Costs of a configuration in the order of kindTotals; undefined where it has no rows. */
  costs(configuration: string): readonly number[] | undefined {
    return this.coefficients.get(configuration);
  }

  /** NaN for a configuration without rows. */
  predict(configuration: string, totals: readonly number[]): number {
    const coefficients = this.coefficients.get(configuration);
    if (coefficients === undefined) return NaN;
    return totals.reduce((sum, total, i) => sum + total * (coefficients[i] ?? 0), 0);
  }
}

function occurs(rows: readonly KindRow[], kernelClass: KernelClass): boolean {
  const at = KERNEL_CLASSES.indexOf(kernelClass) * TERMS_PER_CLASS;
  return rows.some(({ totals }) => (totals[at] ?? 0) > 0);
}

/** By configuration, the geometric mean of its latencies' ratio to what the runtime's take over the same networks. */
function slownessOf(byConfiguration: ReadonlyMap<string, readonly KindRow[]>): ReadonlyMap<string, number> {
  const logs = groupBy([...byConfiguration.values()].flat(), ({ totals }) => totals);
  const means = new Map([...logs].map(([totals, rows]) => [totals, meanLog(rows)]));
  return new Map(
    [...byConfiguration].map(([configuration, rows]) => {
      const off = rows.reduce((sum, row) => sum + Math.log(row.latencyUs) - (means.get(row.totals) ?? 0), 0);
      return [configuration, Math.exp(off / rows.length)];
    }),
  );
}

function meanLog(rows: readonly KindRow[]): number {
  return rows.reduce((sum, { latencyUs }) => sum + Math.log(latencyUs), 0) / rows.length;
}

/** Costs of what occurs in the rows, or has a cost by the prior; 0 for everything else, which would only take time. */
function fit(rows: readonly KindRow[], prior: readonly number[] | null): number[] {
  const columns = (rows[0]?.totals ?? []).flatMap((_, j) => ((prior?.[j] ?? 0) > 0 || rows.some(({ totals }) => totals[j] !== 0) ? [j] : []));
  const design = rows.map(({ totals, latencyUs }) => columns.map((j) => (totals[j] ?? 0) / latencyUs));
  const target = rows.map(() => 1);
  if (prior !== null) {
    // One row a coefficient: off by its own size is as bad as PRIOR_ROWS networks off by theirs.
    const least = Math.max(...prior) * 1e-9;
    const weight = Math.sqrt(PRIOR_ROWS / columns.length);
    columns.forEach((j, column) => {
      const value = prior[j] ?? 0;
      const row = new Array<number>(columns.length).fill(0);
      row[column] = weight / Math.max(value, least);
      design.push(row);
      target.push(value > least ? weight : 0);
    });
  }
  const solved = solveNonNegative(design, target);
  const costs = new Array<number>(rows[0]?.totals.length ?? 0).fill(0);
  columns.forEach((j, column) => (costs[j] = solved[column] ?? 0));
  return costs;
}
