import { solveNonNegative } from "../../../conv/nnls.js";
import { KIND_TERMS, TERMS_PER_CLASS, withStandInCosts } from "../../../conv/kind-sums.js";
import { groupBy } from "../../../features/group-by.js";
import { KERNEL_CLASSES } from "../../../features/kernel-class.js";

export interface KindRow {
  readonly configuration: string;
  /** Configurations of one runtime share a prior, those of one device in it a nearer one. */
  readonly runtime: string;
  readonly device: string;
  /** The configuration of one core of the same cluster: kernels that run on one thread take as long in both. */
  readonly oneCore: string;
  /** See kindTotals. */
  readonly totals: readonly number[];
  readonly latencyUs: number;
}

/** What decides the sums besides their rows; docs/decisions/0028-memory-allocated-anew.md tells how it was chosen. */
export const SUMS_SETTINGS = {
  terms: KIND_TERMS,
  /** How many measurements a prior counts as, by what it is a prior of. */
  priorRows: { device: 1, configuration: 0.3 },
  /** Classes of fewer networks are taken to gain from cores as much as everything together: two costs would be too many for them. */
  networksForTwoCosts: 20,
} as const;

/**
 * Latency as a non-negative sum over kinds of kernel, hierarchical: the coefficients of a configuration are drawn to those
 * of its device, the device's to those of the runtime (engine and precision). Of both, terms of common classes have two
 * costs, one that grows with how slow the configuration is as a whole and one with how slow a single core of it is: some
 * kernels run on one thread. Squared relative errors.
 */
export class OperatorSums {
  private readonly coefficients = new Map<string, readonly number[]>();

  constructor(rows: readonly KindRow[]) {
    for (const ofRuntime of groupBy(rows, ({ runtime }) => runtime).values()) {
      const byConfiguration = groupBy(ofRuntime, ({ configuration }) => configuration);
      const slowness = slownessOf(byConfiguration);
      const scalesOf = ({ configuration, oneCore }: KindRow): Scales => {
        const whole = slowness.get(configuration) ?? 1;
        return { whole, oneCore: Math.max(whole, slowness.get(oneCore) ?? 0) };
      };
      const networks = networksByClass(ofRuntime);
      const isCommon = (term: number): boolean => (networks[Math.floor(term / TERMS_PER_CLASS)] ?? 0) >= SUMS_SETTINGS.networksForTwoCosts;
      const alike = ofRuntime.map((row) => {
        const scales = scalesOf(row);
        const onOneCore = row.totals.map((total, term) => (isCommon(term) ? (total * scales.oneCore) / scales.whole : 0));
        return { ...row, totals: [...row.totals, ...onOneCore], latencyUs: row.latencyUs / scales.whole };
      });
      const runtimes = fit(alike, null);
      const devices = new Map(
        [...groupBy(alike, ({ device }) => device)].map(([device, rows]) => [device, fit(rows, { costs: runtimes, countsAs: SUMS_SETTINGS.priorRows.device })]),
      );
      for (const [configuration, own] of byConfiguration) {
        const [first] = own;
        if (first === undefined) continue;
        const costs = atScales(devices.get(first.device) ?? runtimes, scalesOf(first));
        const fitted = fit(own, { costs, countsAs: SUMS_SETTINGS.priorRows.configuration });
        this.coefficients.set(configuration, withStandInCosts(fitted, (kernelClass) => networks[KERNEL_CLASSES.indexOf(kernelClass)] !== 0));
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

/** How slow a configuration is, and how slow one core of it: relative to the runtime's mean. */
interface Scales {
  readonly whole: number;
  readonly oneCore: number;
}

/** Costs of a configuration from twice as many of its device: those that grow with the whole, then those with one core. */
function atScales(costs: readonly number[], { whole, oneCore }: Scales): readonly number[] {
  const terms = costs.length / 2;
  return costs.slice(0, terms).map((cost, i) => cost * whole + (costs[terms + i] ?? 0) * oneCore);
}

/** In how many networks each kernel class occurs; last, for what classes share, how many there are. */
function networksByClass(rows: readonly KindRow[]): readonly number[] {
  const networks = [...new Set(rows.map(({ totals }) => totals))];
  // The first term of a class counts its calls.
  return [...KERNEL_CLASSES.map((_, index) => networks.filter((totals) => (totals[index * TERMS_PER_CLASS] ?? 0) > 0).length), networks.length];
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

interface Prior {
  readonly costs: readonly number[];
  /** Measurements. */
  readonly countsAs: number;
}

/** Costs of what occurs in the rows, or has a cost by the prior; 0 for everything else, which would only take time. */
function fit(rows: readonly KindRow[], prior: Prior | null): number[] {
  const columns = (rows[0]?.totals ?? []).flatMap((_, j) => ((prior?.costs[j] ?? 0) > 0 || rows.some(({ totals }) => totals[j] !== 0) ? [j] : []));
  const design = rows.map(({ totals, latencyUs }) => columns.map((j) => (totals[j] ?? 0) / latencyUs));
  const target = rows.map(() => 1);
  if (prior !== null) {
    // One row a coefficient: off by its own size is as bad as so many networks off by theirs.
    const least = Math.max(...prior.costs) * 1e-9;
    const weight = Math.sqrt(prior.countsAs / columns.length);
    columns.forEach((j, column) => {
      const value = prior.costs[j] ?? 0;
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
