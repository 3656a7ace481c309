import { featureSchemaHash } from "../../src/features/schema.js";
import { packAdditive } from "../../src/model/additive-artifact.js";
import { type AdditiveModel, AdditivePredictor } from "../../src/model/additive.js";
import type { Manifest, ManifestHead } from "../../src/model/manifest.js";
import type { ParamSet } from "../../src/model/params.js";
import { DomainJudge, fitDomain } from "../../src/predict/domain.js";
import { TrainedTarget, type TargetParts } from "../../src/predict/trained-target.js";
import type { TargetInfo } from "../../src/predict/types.js";
import { SYNTHETIC_RULES, syntheticAdditive, syntheticFamily } from "./synthetic.js";

/* A whole target around a SYNTHETIC predictor, and the artifact that it would be kept in. */

export const SYNTHETIC_TARGET = "synthetic.onnxruntime.float32.1core";

const INTERVAL = {
  coverage: 0.9,
  halfWidths: { none: 0.1, utilization: 0.2, "utilization+bandwidthGBs+runDelayRatio": 0.05 },
  outOfDistributionFactor: 3,
};

const DOMAIN = fitDomain(syntheticFamily().flatMap(({ facts }) => facts));

const INFO: TargetInfo = {
  target: SYNTHETIC_TARGET,
  device: "synthetic",
  engine: "onnxruntime",
  precision: "float32",
  cores: "1core",
  machine: "none",
  predictor: "synthetic-onnxruntime",
  version: "1.0.0",
  data: "synthetic",
  metrics: [],
};

export function syntheticTarget(overrides: Partial<TargetParts> = {}): TrainedTarget {
  const model = syntheticAdditive();
  return new TrainedTarget({
    info: INFO,
    predictor: new AdditivePredictor(null, model),
    rules: SYNTHETIC_RULES,
    interval: INTERVAL,
    domain: new DomainJudge(DOMAIN),
    states: model.slowdown.distribution,
    ...overrides,
  });
}

export interface SyntheticArtifact {
  readonly head: ManifestHead;
  readonly params: ParamSet;
}

export function syntheticArtifact(overrides: Partial<ManifestHead> = {}, model: AdditiveModel = syntheticAdditive()): SyntheticArtifact {
  const { params, record } = packAdditive(model);
  const { target, device, engine, precision, cores } = INFO;
  const head: ManifestHead = {
    name: INFO.predictor,
    version: INFO.version,
    kind: "additive",
    target: { id: target, device, engine, precision, cores },
    featureSchemaHash,
    createdBy: "a test",
    data: { name: INFO.data },
    split: "none",
    seed: 1,
    metrics: [],
    machine: INFO.machine,
    // A manifest is JSON: what comes back from it is plain.
    extra: { rules: SYNTHETIC_RULES, interval: INTERVAL, domain: DOMAIN, model: record },
    ...overrides,
  };
  return { head, params };
}

/** The manifest as reading the artifact would give it. */
export function syntheticManifest(overrides: Partial<ManifestHead> = {}): Manifest {
  const manifest: Manifest = {
    schema: 1,
    ...syntheticArtifact(overrides).head,
    tensorFile: { bytes: 0, sha256: "0".repeat(64) },
    tensors: [],
  };
  return structuredClone(manifest);
}
