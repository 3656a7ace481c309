import { totalsVector } from "../../../../features/totals.js";
import { boostedTable } from "../../../evaluate/comparison/tables.js";
import type { PhoneSample } from "../samples.js";
import { type Contender, trainingOf } from "./contender.js";

/** Totals of the network, then features of the configuration in the order of `names`. */
export function tableRow({ model, configuration }: PhoneSample, names: readonly string[]): number[] {
  return [...totalsVector(model.graph), ...names.map((name) => configuration.features[name] ?? 0)];
}

/** Names of all features of the samples' configurations, sorted. */
export function configurationFeatureNames(samples: readonly PhoneSample[]): readonly string[] {
  return [...new Set(samples.flatMap(({ configuration }) => Object.keys(configuration.features)))].sort();
}

/** The "normal" way: one table of totals and configurations, one regression by gradient-boosted trees over all rows. */
export const BOOSTED_TREES: Contender = {
  name: "boosted trees on totals and configuration",
  settings: "histogram gradient boosting, python/boosted_trees.py",
  predict(turn) {
    const training = trainingOf(turn);
    const names = configurationFeatureNames(training);
    const rows = (samples: readonly PhoneSample[]): number[][] => samples.map((sample) => tableRow(sample, names));
    return Promise.resolve(boostedTable(rows(training), training.map(({ latencyUs }) => latencyUs), rows(turn.test)));
  },
};
