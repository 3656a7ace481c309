import { ENGINE_SCHEMA } from "../features/factor-features.js";
import { featureSchemaHash } from "../features/schema.js";
import { AdditivePredictor } from "../model/additive.js";
import { unpackAdditive } from "../model/additive-artifact.js";
import type { Artifact } from "../model/artifact.js";
import type { Tf } from "../model/backend.js";
import { EnginePredictor } from "../model/engine.js";
import { unpackEngine } from "../model/engine-artifact.js";
import type { LatencyPredictor } from "../model/predictor.js";
import type { SlowdownModel } from "../model/slowdown.js";
import { CarriedSlowdown } from "./carried-slowdown.js";
import { DomainJudge } from "./domain.js";
import { type AdditiveManifest, type EngineManifest, parseAdditiveManifest, parseEngineManifest } from "./manifest.js";
import { TrainedTarget } from "./trained-target.js";
import type { TargetPredictor } from "./types.js";

/** Kinds of artifact of a recorded machine: of an engine that tells a profile, and of any. */
export const ADDITIVE = "additive";
export const ENGINE = "engine";
/** Those kinds, each with the hash of the features that it reads. */
export const RECORDED_SCHEMAS: ReadonlyMap<string, string> = new Map([
  [ADDITIVE, featureSchemaHash],
  [ENGINE, ENGINE_SCHEMA.hash],
]);

interface Unpacked {
  readonly manifest: AdditiveManifest | EngineManifest;
  readonly predictor: LatencyPredictor;
  readonly slowdown: SlowdownModel;
}

/** The target of a recorded machine, and its slowdown for targets that were measured idle only. @throws ArtifactError */
export function recordedTarget(tf: Tf, artifact: Artifact): { readonly target: TargetPredictor; readonly slowdown: CarriedSlowdown } {
  const { manifest, predictor, slowdown } = unpackedRecorded(tf, artifact);
  const { target, data, metrics, extra } = manifest;
  const { machine, name, version } = artifact.manifest;
  const { rules, interval, domain, memory, model } = extra;
  const info = {
    target: target.id,
    device: target.device,
    engine: target.engine,
    precision: target.precision,
    cores: target.cores,
    machine,
    predictor: name,
    version,
    data: data.name,
    metrics,
    ...(memory === undefined ? {} : { memory: { data: memory.data, machine: memory.machine, networks: memory.networks, metrics: memory.metrics } }),
  };
  return {
    target: new TrainedTarget({ info, predictor, rules, interval, domain: new DomainJudge(domain), memory, states: model.states }),
    slowdown: new CarriedSlowdown(slowdown, interval),
  };
}

/** What an artifact of either kind holds; tf null computes everything in plain loops. @throws ArtifactError */
export function unpackedRecorded(tf: Tf | null, artifact: Artifact): Unpacked {
  return artifact.manifest.kind === ENGINE ? unpackedEngine(tf, artifact) : unpackedAdditive(tf, artifact);
}

function unpackedAdditive(tf: Tf | null, { manifest, params }: Artifact): Unpacked {
  const parsed = parseAdditiveManifest(manifest);
  const model = unpackAdditive({ params, record: parsed.extra.model });
  return { manifest: parsed, predictor: new AdditivePredictor(tf, model), slowdown: model.slowdown };
}

function unpackedEngine(tf: Tf | null, { manifest, params }: Artifact): Unpacked {
  const parsed = parseEngineManifest(manifest);
  const model = unpackEngine({ params, record: parsed.extra.model });
  return { manifest: parsed, predictor: new EnginePredictor(tf, model), slowdown: model.slowdown };
}
