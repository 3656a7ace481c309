import { kindTotals } from "../../../conv/kind-sums.js";
import { groupBy } from "../../../features/group-by.js";
import type { ModelFeatures } from "../../../features/model-features.js";
import { relativeCoefficients } from "../../evaluate/comparison/lines.js";
import { configurationId, oneCoreOf } from "./configurations.js";
import { OperatorSums } from "./operator-sums.js";
import type { PhoneSample } from "./samples.js";

export const BASELINES = ["FLOPs line", "FLOPs and bytes", "sums over operator kinds"] as const;
export type Baseline = (typeof BASELINES)[number];

/** Microseconds by baseline. */
export type BaselineLatencies = Readonly<Record<Baseline, number>>;

const totals = new WeakMap<ModelFeatures, readonly number[]>();

/** What its network does, by kind of kernel. */
export function totalsOf({ model }: PhoneSample): readonly number[] {
  const known = totals.get(model) ?? kindTotals(model.facts);
  totals.set(model, known);
  return known;
}

/** Engine and precision, whose configurations are each other's peers. */
export const runtimeOf = ({ row }: PhoneSample): string => `${row.engine}/${row.precision}`;

/** FLOPs in the graph, and bytes that its kernels move. */
function plainTotals({ model }: PhoneSample): readonly [one: number, flops: number, bytes: number] {
  const bytes = model.facts.reduce((sum, { bytesIn, bytesOut, bytesWeights }) => sum + bytesIn + bytesOut + bytesWeights, 0);
  return [1, model.graph.totals.flops, bytes];
}

export function fitOperatorSums(training: readonly PhoneSample[]): OperatorSums {
  return new OperatorSums(
    training.map((sample) => ({
      configuration: sample.configuration.id,
      runtime: runtimeOf(sample),
      device: sample.row.device,
      oneCore: configurationId({ ...sample.row, cores: oneCoreOf(sample.row.cores) }),
      totals: totalsOf(sample),
      latencyUs: sample.latencyUs,
    })),
  );
}

/** Fits every baseline to the training samples, each configuration by itself but for the sums' prior. */
export function fitBaselines(training: readonly PhoneSample[], sums = fitOperatorSums(training)): (sample: PhoneSample) => BaselineLatencies {
  const lines = new Map<string, { readonly flops: readonly number[]; readonly bytes: readonly number[] }>();
  for (const [id, samples] of groupBy(training, ({ configuration }) => configuration.id)) {
    const fit = (terms: number): number[] =>
      relativeCoefficients(samples.map((sample) => ({ terms: plainTotals(sample).slice(0, terms), latencyUs: sample.latencyUs })));
    lines.set(id, { flops: fit(2), bytes: fit(3) });
  }
  const product = (a: readonly number[], b: readonly number[] | undefined): number => (b ?? []).reduce((sum, x, i) => sum + x * (a[i] ?? 0), 0);
  return (sample) => {
    const line = lines.get(sample.configuration.id);
    return {
      "FLOPs line": product(plainTotals(sample), line?.flops),
      "FLOPs and bytes": product(plainTotals(sample), line?.bytes),
      "sums over operator kinds": sums.predict(sample.configuration.id, totalsOf(sample)),
    };
  };
}
