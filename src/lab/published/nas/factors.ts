import { factorFeatures, type FactorFeatures } from "../../../features/factor-features.js";
import { modelFeatures, type ModelFeatures } from "../../../features/model-features.js";
import { buildGraph } from "../../../graph/build.js";
import type { EngineRules } from "../../../graph/kernels/lower.js";
import type { Tf } from "../../../model/backend.js";
import { type Configuration, type FactorsModel, FactorsPredictor } from "../../../model/factors.js";
import { readOnnx } from "../../../onnx/reader.js";
import type { FactorSample } from "../../train/factor-sample.js";
import { FACTORS_TRAINING, trainFactors } from "../../train/factors.js";
import { zooModel } from "../../zoo/by-id.js";
import type { NasArchitecture, NasSpace } from "./architecture.js";
import { NAS_DEVICES, type NasDevice, type NasRow } from "./table.js";

/** The devices' engines are PyTorch and TensorFlow Lite; one lowering serves both here. */
export const NAS_RULES: EngineRules = { engine: "torch", channelBlock: 0 };

/** Kernels of a search space are of few kinds, and all of them train: neither noise nor members are needed for new ones. */
const TRAINING = { ...FACTORS_TRAINING, members: 1, rank: 12, epochs: 40, inputNoise: 0.02, batchSize: { graphs: 16 } };

/** The target's name: device, `hwnasbench` for an engine that the sources leave open, precision, and the space. */
export function nasTargetId(device: NasDevice, space: NasSpace): string {
  return `${device}.hwnasbench.float32.${space}`;
}

/** The configuration of a device, whose id is the target's. */
export function nasConfiguration(device: NasDevice, space: NasSpace): Configuration {
  return { id: nasTargetId(device, space), features: { any: 1, [`device:${device}`]: 1 } };
}

/** One network for all devices of a table, from these of its rows. */
export async function trainNasFactors(tf: Tf, rows: readonly NasRow[], seed: number, log: (message: string) => void): Promise<FactorsModel> {
  const samples = rows.flatMap(({ architecture, latencyMs }): FactorSample[] => {
    const features = mergedFeatures(architectureFeatures(architecture));
    return NAS_DEVICES.map((device) => ({
      graphId: architecture.zooId,
      family: architecture.space,
      features,
      configuration: nasConfiguration(device, architecture.space),
      latencyUs: 1e3 * latencyMs[device],
    }));
  });
  return trainFactors(tf, samples, { ...TRAINING, seed, onProgress: log });
}

/** Milliseconds by device, in the order of `rows`. */
export function predictNasFactors(model: FactorsModel, rows: readonly NasRow[]): ReadonlyMap<NasDevice, number[]> {
  const predictor = new FactorsPredictor(null, model);
  const predictions = new Map(NAS_DEVICES.map((device) => [device, [] as number[]]));
  for (const { architecture } of rows) {
    const embedding = predictor.embed(mergedFeatures(architectureFeatures(architecture)));
    for (const [device, list] of predictions) {
      const vectors = predictor.vectors(nasTargetId(device, architecture.space)) ?? [];
      list.push(predictor.predict(embedding, vectors).totalUs / 1e3);
    }
  }
  predictor.dispose();
  return predictions;
}

/** What a served predictor computes of the architecture's graph. */
export function architectureFeatures({ zooId }: NasArchitecture): ModelFeatures {
  return modelFeatures(buildGraph(readOnnx(zooModel(zooId).onnx)), NAS_RULES);
}

/** Equal kernels as one whose rough latency is that of all of them; their sum is the same, and training several times faster. */
export function mergedFeatures(features: Pick<ModelFeatures, "kernelGraph" | "facts">): FactorFeatures {
  const { schema, matrix, logRoughUs } = factorFeatures(features);
  const { width } = schema;
  const groups = new Map<string, { row: number; us: number }>();
  logRoughUs.forEach((log, row) => {
    const key = `${log}:${matrix.subarray(row * width, (row + 1) * width).join()}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { row, us: Math.exp(log) });
    else group.us += Math.exp(log);
  });
  const kept = [...groups.values()];
  const small = new Float32Array(kept.length * width);
  kept.forEach(({ row }, i) => small.set(matrix.subarray(row * width, (row + 1) * width), i * width));
  return { schema, matrix: small, logRoughUs: Float32Array.from(kept, ({ us }) => Math.log(us)) };
}
