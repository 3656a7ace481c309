import { FACTOR_SCHEMA } from "../../src/features/factor-features.js";
import type { ManifestHead } from "../../src/model/manifest.js";
import { initLayers } from "../../src/model/dense.js";
import { packFactors } from "../../src/model/factors-artifact.js";
import { configurationName, type FactorsModel, factorsPrefix, ownName } from "../../src/model/factors.js";
import { mergeParams, type ParamSet } from "../../src/model/params.js";
import { createRandom } from "../../src/model/random.js";
import { fitDomain } from "../../src/predict/domain.js";
import { syntheticFamily } from "./synthetic.js";

/* A SYNTHETIC factors model, its weights random, of a made-up phone with two configurations. */

export const SLOW = "phone.torch.float32.1small";
export const MIXED = "phone.torch.float32.1large1small";
export const SLOW_MHZ = 1800;

export function syntheticFactors(): FactorsModel {
  const random = createRandom(3);
  const rank = 3;
  const members = [0, 1].map((member) =>
    mergeParams(
      initLayers(factorsPrefix(member), [FACTOR_SCHEMA.width, 8, rank + 1], random, { finalScale: 0.1 }),
      new Map([
        [configurationName(member), { shape: [1, rank + 2], data: Float32Array.from({ length: rank + 2 }, () => 0.1 * random.normal()) }],
        [ownName(member), { shape: [2, rank + 2], data: Float32Array.of(0, 0, 0, 1, 3, 0, 0, 0, -1, 2) }],
      ]),
    ),
  );
  return {
    scaler: { mean: new Float32Array(FACTOR_SCHEMA.width), scale: new Float32Array(FACTOR_SCHEMA.width).fill(0.1) },
    rank,
    members: 2,
    configurationFeatures: ["any"],
    configurations: [SLOW, MIXED].map((id) => ({ id, features: { any: 1 } })),
    params: mergeParams(...members),
  };
}

export function syntheticFactorsArtifact(overrides: Partial<ManifestHead> = {}): { readonly head: ManifestHead; readonly params: ParamSet } {
  const { params, record } = packFactors(syntheticFactors());
  const target = (id: string, maxMHz: number | null) => ({
    id,
    device: "phone",
    engine: "torch",
    precision: "float32",
    cores: id.split(".")[3] ?? "",
    machine: "made up",
    rules: "torch",
    maxMHz,
    halfWidth: 0.1,
    metrics: [],
  });
  const domain = fitDomain(syntheticFamily().flatMap(({ facts }) => facts));
  return {
    params,
    head: {
      name: "phones-synthetic",
      version: "1.0.0",
      kind: "factors",
      target: { configurations: 2 },
      featureSchemaHash: FACTOR_SCHEMA.hash,
      createdBy: "test",
      data: { name: "made up" },
      split: "none",
      seed: 3,
      metrics: [],
      machine: "made up",
      extra: {
        rules: { torch: { engine: "torch", channelBlock: 0 } },
        targets: [target(SLOW, SLOW_MHZ), target(MIXED, null)],
        interval: { coverage: 0.9, outOfDistributionFactor: 2 },
        domain,
        model: structuredClone(record),
      },
      ...overrides,
    },
  };
}
