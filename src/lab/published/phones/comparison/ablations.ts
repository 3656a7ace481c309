import type { FactorFeatures } from "../../../../features/factor-features.js";
import { groupBy } from "../../../../features/group-by.js";
import { FactorsPredictor } from "../../../../model/factors.js";
import { mean } from "../../../dataset/statistics.js";
import { trainFactors } from "../../../train/factors.js";
import { embedderOnSums, onSums } from "../base.js";
import { fitOperatorSums } from "../baselines.js";
import { PHONES_TRAINING } from "../cross-validate.js";
import { SUMS_SETTINGS } from "../operator-sums.js";
import type { PhoneSample } from "../samples.js";
import type { Contender } from "./contender.js";

/** The factors, trained as they are for the page, on changed samples. */
function factorsOn(
  name: string,
  change: (samples: readonly PhoneSample[]) => readonly PhoneSample[],
  pooled: (samples: readonly PhoneSample[]) => readonly PhoneSample[] = (samples) => samples,
  base: "sums" | "rough" = "sums",
): Contender {
  return {
    name,
    settings: { ...PHONES_TRAINING, SUMS_SETTINGS },
    async predict({ known, test }, { tf, log }) {
      const training = pooled(change(known));
      const sums = fitOperatorSums(training);
      const model = await trainFactors(tf, base === "sums" ? onSums(training, sums) : training, { ...PHONES_TRAINING, onProgress: log });
      const predictor = new FactorsPredictor(null, model);
      const embed = base === "sums" ? embedderOnSums(predictor, sums) : ({ features }: PhoneSample) => predictor.embed(features);
      return change(test).map((sample) => predictor.predict(embed(sample), predictor.vectors(sample.configuration.id) ?? []).totalUs);
    },
  };
}

/** One part of the factors left out at a time. Without the network over kernels what remains are the sums themselves. */
export const ABLATIONS: readonly Contender[] = [
  factorsOn("without c: rough latencies by MACs and bytes as the base", (samples) => samples, undefined, "rough"),
  factorsOn("without the graph: nothing of what stands around a kernel", withoutSurroundings),
  factorsOn("without features of cores: clusters, clocks and their number", withoutCores),
  factorsOn("without h: one answer for all cores of a phone's engine and precision", withoutConfiguration, pooledByGraph),
];

/** Without the graph: the columns of what stands around a kernel are 0. */
export function withoutSurroundings(samples: readonly PhoneSample[]): readonly PhoneSample[] {
  const changed = new Map<FactorFeatures, FactorFeatures>();
  const blind = (features: FactorFeatures): FactorFeatures => {
    const { width, numeric } = features.schema;
    const matrix = features.matrix.map((value, i) => (i % width >= numeric.to ? 0 : value));
    return { ...features, matrix };
  };
  return samples.map((sample) => {
    const features = changed.get(sample.features) ?? blind(sample.features);
    changed.set(sample.features, features);
    return { ...sample, features };
  });
}

const ABOUT_CORES = /^(core:|logGHz$|logCores|mixed$)/;

/** Without what a configuration's features say of its cores. */
export function withoutCores(samples: readonly PhoneSample[]): readonly PhoneSample[] {
  return samples.map((sample) => {
    const { id, features } = sample.configuration;
    return { ...sample, configuration: { id, features: Object.fromEntries(Object.entries(features).filter(([name]) => !ABOUT_CORES.test(name))) } };
  });
}

/** All cores of a phone's engine and precision as one configuration. */
export function withoutConfiguration(samples: readonly PhoneSample[]): readonly PhoneSample[] {
  return withoutCores(samples).map((sample) => {
    const { device, engine, precision } = sample.row;
    return { ...sample, configuration: { ...sample.configuration, id: `${device}.${engine}.${precision}` } };
  });
}

/** One sample for each graph and configuration: the geometric mean of its latencies. */
export function pooledByGraph(samples: readonly PhoneSample[]): readonly PhoneSample[] {
  return [...groupBy(samples, ({ graphId, configuration }) => `${graphId} ${configuration.id}`).values()].flatMap((list) => {
    const [first] = list;
    if (first === undefined) return [];
    return [{ ...first, latencyUs: Math.exp(mean(list.map(({ latencyUs }) => Math.log(latencyUs)))) }];
  });
}
