import { groupBy } from "../../../features/group-by.js";
import { type Candidate, informativeNetworks } from "../../new-device/choose-networks.js";
import { mean } from "../../dataset/statistics.js";
import { fitOperatorSums, runtimeOf, totalsOf } from "./baselines.js";
import { CALIBRATION_NETWORKS } from "./folds.js";
import type { OperatorSums } from "./operator-sums.js";
import type { PhoneSample } from "./samples.js";

/** Of a term's cost, as the sums have it: a device's prior counts as one row, and some hundred terms share it. */
const PRIOR = 0.01;

/**
 * The networks, of those named, that tell most of a new phone by what the known ones say of them: where each spends its time
 * in each runtime.
 */
export function tellingNetworks(known: readonly PhoneSample[], models: readonly string[]): ReadonlySet<string> {
  const sums = fitOperatorSums(known);
  const wanted = new Set(models);
  const runtimes = [...groupBy(known, runtimeOf).values()].map((samples) => sharesByModel(sums, samples.filter(({ row }) => wanted.has(row.model))));
  const candidates = [...wanted].sort().map((id): Candidate => ({ id, shares: runtimes.map((shares) => shares.get(id) ?? new Map<string, number>()) }));
  return new Set(informativeNetworks(candidates, CALIBRATION_NETWORKS, PRIOR));
}

/** Shares of latency by term of the sums, of each network: means over configurations of one runtime. */
function sharesByModel(sums: OperatorSums, samples: readonly PhoneSample[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  return new Map(
    [...groupBy(samples, ({ row }) => row.model)].map(([model, own]) => {
      const totals = own[0] === undefined ? [] : totalsOf(own[0]);
      const shares = own.map(({ configuration }) => sharesOf(totals, sums.costs(configuration.id) ?? []));
      return [model, new Map(totals.flatMap((total, term) => (total > 0 ? [[String(term), mean(shares.map((of) => of[term] ?? 0))] as const] : [])))];
    }),
  );
}

function sharesOf(totals: readonly number[], costs: readonly number[]): readonly number[] {
  const latencies = totals.map((total, term) => total * (costs[term] ?? 0));
  const latency = latencies.reduce((sum, us) => sum + us, 0);
  return latencies.map((us) => us / latency);
}
