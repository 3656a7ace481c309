import { factorFeatures } from "../../../features/factor-features.js";
import { modelFeatures, type ModelFeatures } from "../../../features/model-features.js";
import type { EngineRules } from "../../../graph/kernels/lower.js";
import type { Graph } from "../../../graph/types.js";
import type { FactorSample } from "../../train/factors.js";
import { PublishedDataError } from "../csv.js";
import { phoneConfiguration } from "./configurations.js";
import { familyOf } from "./families.js";
import type { PhoneEngine, PhoneRow } from "./table.js";

/** How each engine's files were made: TensorFlow's converter wrote those for TensorFlow Lite. */
export const PHONE_RULES: Readonly<Record<PhoneEngine, EngineRules>> = {
  tflite: { engine: "tflite-by-tensorflow", channelBlock: 0 },
  torch: { engine: "torch", channelBlock: 0 },
};

/** A measurement with what a predictor is trained on. */
export interface PhoneSample extends FactorSample {
  readonly row: PhoneRow;
  readonly model: ModelFeatures;
}

/**
 * One sample per row. Engines lower a network to kernels of their own, so it is one graph for each engine.
 *
 * @throws PublishedDataError where a row's network is not among `networks`
 */
export function phoneSamples(rows: readonly PhoneRow[], networks: ReadonlyMap<string, Graph>): readonly PhoneSample[] {
  const known = new Map<string, Pick<PhoneSample, "features" | "model">>();
  const featuresOf = (name: string, engine: PhoneEngine): Pick<PhoneSample, "features" | "model"> => {
    const key = `${name}/${engine}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const graph = networks.get(name);
    if (graph === undefined) throw new PublishedDataError(`There is no network ${name}: build it with scripts/phones-networks.sh.`);
    const model = modelFeatures(graph, PHONE_RULES[engine]);
    const made = { model, features: factorFeatures(model) };
    known.set(key, made);
    return made;
  };
  return rows.map((row) => ({
    ...featuresOf(row.model, row.engine),
    graphId: `${row.model}/${row.engine}`,
    family: familyOf(row.model),
    configuration: phoneConfiguration(row),
    latencyUs: row.latencyUs,
    row,
  }));
}
