import { factorFeatures } from "../../../features/factor-features.js";
import { modelFeatures, type ModelFeatures } from "../../../features/model-features.js";
import type { EngineRules } from "../../../graph/kernels/lower.js";
import type { Graph } from "../../../graph/types.js";
import type { FactorSample } from "../../train/factor-sample.js";
import { PublishedDataError } from "../csv.js";
import { GPU, phoneConfiguration } from "./configurations.js";
import { familyOf } from "./families.js";
import type { PhoneRow } from "./table.js";

/** How each engine's files were made and are run: TensorFlow's converter wrote those for TensorFlow Lite. */
export const PHONE_RULES = {
  tflite: { engine: "tflite-by-tensorflow", channelBlock: 0 },
  torch: { engine: "torch", channelBlock: 0 },
  "torch-xnnpack": { engine: "torch-xnnpack", channelBlock: 0 },
  "torch-qnnpack": { engine: "torch-qnnpack", channelBlock: 0 },
} as const satisfies Record<string, EngineRules>;
export type PhoneRules = keyof typeof PHONE_RULES;

/** Rules of what a row was measured in: PyTorch has a library for each precision on processors. */
export function rulesOf({ engine, precision, cores }: Pick<PhoneRow, "engine" | "precision" | "cores">): PhoneRules {
  if (engine === "tflite" || cores === GPU) return engine;
  return precision === "int8" ? "torch-qnnpack" : "torch-xnnpack";
}

/** A measurement with what a predictor is trained on. */
export interface PhoneSample extends FactorSample {
  readonly row: PhoneRow;
  readonly model: ModelFeatures;
}

/**
 * One sample per row. Engines lower a network to kernels of their own, so it is one graph for each engine's rules.
 *
 * @throws PublishedDataError where a row's network is not among `networks`
 */
export function phoneSamples(rows: readonly PhoneRow[], networks: ReadonlyMap<string, Graph>): readonly PhoneSample[] {
  const known = new Map<string, Pick<PhoneSample, "graphId" | "features" | "model">>();
  const featuresOf = (name: string, rules: PhoneRules): Pick<PhoneSample, "graphId" | "features" | "model"> => {
    const graphId = `${name}/${rules}`;
    const found = known.get(graphId);
    if (found !== undefined) return found;
    const graph = networks.get(name);
    if (graph === undefined) throw new PublishedDataError(`There is no network ${name}: build it with scripts/phones-networks.sh.`);
    const model = modelFeatures(graph, PHONE_RULES[rules]);
    const made = { graphId, model, features: factorFeatures(model) };
    known.set(graphId, made);
    return made;
  };
  return rows.map((row) => ({
    ...featuresOf(row.model, rulesOf(row)),
    family: familyOf(row.model),
    configuration: phoneConfiguration(row),
    latencyUs: row.latencyUs,
    row,
  }));
}
