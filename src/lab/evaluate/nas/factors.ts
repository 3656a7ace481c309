import { FACTOR_WIDTH, factorFeatures, type FactorFeatures } from "../../../features/factor-features.js";
import { modelFeatures } from "../../../features/model-features.js";
import { buildGraph } from "../../../graph/build.js";
import type { EngineRules } from "../../../graph/kernels/lower.js";
import type { Tf } from "../../../model/backend.js";
import { type Configuration, FactorsPredictor } from "../../../model/factors.js";
import { readOnnx } from "../../../onnx/reader.js";
import type { NasArchitecture } from "../../published/nas/architecture.js";
import { NAS_DEVICES, type NasDevice } from "../../published/nas/table.js";
import { type FactorSample, FACTORS_TRAINING, trainFactors } from "../../train/factors.js";
import { zooModel } from "../../zoo/by-id.js";
import { measured, type NasBench } from "./bench.js";

/** The devices' engines are PyTorch and TensorFlow Lite; one lowering serves both here. */
const RULES: EngineRules = { engine: "torch", channelBlock: 0 };

/** Smaller than the phones': kernels of a search space are few kinds. */
const OPTIONS = { ...FACTORS_TRAINING, members: 1, rank: 12, hidden: [64, 64], epochs: 60, inputNoise: 0.02, classDropout: 0 };

/** Predictions of the factors predictor, trained on all devices at once, by device in the order of `test`. */
export async function factorPredictions(
  tf: Tf,
  bench: NasBench,
  training: readonly number[],
  test: readonly number[],
  seed: number,
): Promise<ReadonlyMap<NasDevice, number[]>> {
  const samples = training.flatMap((row): FactorSample[] => {
    const features = featuresOf(bench, row);
    return NAS_DEVICES.map((device) => ({
      graphId: String(row),
      family: bench.space,
      features,
      configuration: configurationOf(device),
      latencyUs: 1e3 * measured(bench, device, row),
    }));
  });
  const model = await trainFactors(tf, samples, { ...OPTIONS, seed, onProgress: bench.log });
  const predictor = new FactorsPredictor(null, model);
  const predictions = new Map(NAS_DEVICES.map((device) => [device, [] as number[]]));
  for (const row of test) {
    const embedding = predictor.embed(featuresOf(bench, row));
    for (const [device, list] of predictions) {
      list.push(predictor.predict(embedding, predictor.vectors(device) ?? []).totalUs / 1e3);
    }
  }
  predictor.dispose();
  return predictions;
}

function configurationOf(device: NasDevice): Configuration {
  return { id: device, features: { any: 1, [`device:${device}`]: 1 } };
}

function featuresOf(bench: NasBench, row: number): FactorFeatures {
  const architecture = bench.rows[row]?.architecture;
  if (architecture === undefined) throw new RangeError(`There is no row ${row}.`);
  return merged(architectureFeatures(architecture));
}

function architectureFeatures({ zooId }: NasArchitecture): FactorFeatures {
  return factorFeatures(modelFeatures(buildGraph(readOnnx(zooModel(zooId).onnx)), RULES));
}

/** Equal kernels as one whose rough latency is that of all of them: a fifth of a NAS-Bench-201 network's. */
function merged({ matrix, logRoughUs }: FactorFeatures): FactorFeatures {
  const groups = new Map<string, { row: number; us: number }>();
  logRoughUs.forEach((log, row) => {
    const key = matrix.subarray(row * FACTOR_WIDTH, (row + 1) * FACTOR_WIDTH).join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { row, us: Math.exp(log) });
    else group.us += Math.exp(log);
  });
  const kept = [...groups.values()];
  const small = new Float32Array(kept.length * FACTOR_WIDTH);
  kept.forEach(({ row }, i) => small.set(matrix.subarray(row * FACTOR_WIDTH, (row + 1) * FACTOR_WIDTH), i * FACTOR_WIDTH));
  return { matrix: small, logRoughUs: Float32Array.from(kept, ({ us }) => Math.log(us)) };
}
