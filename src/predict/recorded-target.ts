import { BLOCKED_SCHEMA, ENGINE_SCHEMA, type FactorSchema } from "../features/factor-features.js";
import { featureSchemaHash } from "../features/schema.js";
import { IdlePredictor } from "../model/additive.js";
import { unpackAdditive } from "../model/additive-artifact.js";
import type { Artifact } from "../model/artifact.js";
import type { Tf } from "../model/backend.js";
import { IdleEnginePredictor } from "../model/engine.js";
import { unpackEngine } from "../model/engine-artifact.js";
import { type SlowdownModel, SlowdownPredictor } from "../model/slowdown.js";
import { type IdleSource, SlowedPredictor } from "../model/slowed.js";
import { CarriedSlowdown } from "./carried-slowdown.js";
import { DomainJudge } from "./domain.js";
import { type AdditiveManifest, type EngineManifest, parseAdditiveManifest, parseEngineManifest } from "./manifest.js";
import { TrainedTarget } from "./trained-target.js";
import type { TargetPredictor } from "./types.js";

/**
 * Kinds of artifact of a recorded machine: kernels corrected by a graph network; kernels by factors; the same of an engine whose
 * profiler names every kernel.
 */
export const ADDITIVE = "additive";
export const ENGINE = "engine";
export const PROFILED = "profiled";
const FACTOR_SCHEMAS: ReadonlyMap<string, FactorSchema> = new Map([
  [ENGINE, ENGINE_SCHEMA],
  [PROFILED, BLOCKED_SCHEMA],
]);
/** Those kinds, each with the hash of the features that it reads. */
export const RECORDED_SCHEMAS: ReadonlyMap<string, string> = new Map([
  [ADDITIVE, featureSchemaHash],
  ...[...FACTOR_SCHEMAS].map(([kind, { hash }]) => [kind, hash] as const),
]);

interface Unpacked {
  readonly manifest: AdditiveManifest | EngineManifest;
  /** What answers for an idle device. */
  readonly idle: IdleSource;
  readonly slowdown: SlowdownModel;
  /** Both together. */
  readonly predictor: SlowedPredictor;
}

/** The target of a recorded machine, and its slowdown for targets that were measured idle only. @throws ArtifactError */
export function recordedTarget(tf: Tf, artifact: Artifact): { readonly target: TargetPredictor; readonly slowdown: CarriedSlowdown } {
  const { manifest, predictor, slowdown } = unpackedRecorded(tf, artifact);
  const { target, data, metrics, extra } = manifest;
  const { machine, name, version } = artifact.manifest;
  const { rules, interval, domain, mixes, typicalKernel, memory, model } = extra;
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
    target: new TrainedTarget({ info, predictor, rules, interval, domain: new DomainJudge(domain, mixes), memory, states: model.states }),
    slowdown: new CarriedSlowdown(slowdown, interval, typicalKernel),
  };
}

/** What an artifact of these kinds holds; tf null computes everything in plain loops. @throws ArtifactError */
export function unpackedRecorded(tf: Tf | null, artifact: Artifact): Unpacked {
  const schema = FACTOR_SCHEMAS.get(artifact.manifest.kind);
  const parts = schema === undefined ? additiveParts(tf, artifact) : engineParts(tf, artifact, schema);
  return { ...parts, predictor: new SlowedPredictor(parts.idle, new SlowdownPredictor(tf, parts.slowdown)) };
}

function additiveParts(tf: Tf | null, { manifest, params }: Artifact): Omit<Unpacked, "predictor"> {
  const parsed = parseAdditiveManifest(manifest);
  const model = unpackAdditive({ params, record: parsed.extra.model });
  return { manifest: parsed, idle: new IdlePredictor(tf, model), slowdown: model.slowdown };
}

function engineParts(tf: Tf | null, { manifest, params }: Artifact, schema: FactorSchema): Omit<Unpacked, "predictor"> {
  const parsed = parseEngineManifest(manifest);
  const model = unpackEngine({ params, record: parsed.extra.model }, schema);
  return { manifest: parsed, idle: new IdleEnginePredictor(tf, model), slowdown: model.slowdown };
}
