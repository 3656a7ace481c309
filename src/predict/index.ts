import { factorSchemaHash } from "../features/factor-features.js";
import { featureSchemaHash } from "../features/schema.js";
import { AdditivePredictor } from "../model/additive.js";
import { unpackAdditive } from "../model/additive-artifact.js";
import { type Artifact, readArtifact } from "../model/artifact.js";
import { initBackend, type Tf } from "../model/backend.js";
import { ArtifactError } from "../model/manifest.js";
import { CarriedSlowdown } from "./carried-slowdown.js";
import { FACTORS, factorsTargets } from "./factors-targets.js";
import { parseAdditiveManifest } from "./manifest.js";
import { TrainedTarget } from "./trained-target.js";
import type { TargetId, TargetPredictor, TargetRegistry } from "./types.js";
import { newestPredictors } from "./weights-folder.js";

/** The kind of a recorded machine's predictor. */
const ADDITIVE = "additive";
/** Kinds of predictor that this program serves, each with the hash of the features that it reads. */
const SCHEMA_HASHES: ReadonlyMap<string, string> = new Map([
  [ADDITIVE, featureSchemaHash],
  [FACTORS, factorSchemaHash],
]);

/**
 * Loads the newest version of every predictor under a folder of weights (`<name>/<version>/manifest.json`).
 *
 * @throws ArtifactError where an artifact is missing, damaged or of another feature schema, or two have one target.
 */
export async function loadTargets(weightsDirectory: string): Promise<TargetRegistry> {
  const { tf } = await initBackend();
  const artifacts: Artifact[] = [];
  for (const directory of await newestPredictors(weightsDirectory)) {
    artifacts.push(await readArtifact(directory, { featureSchemaHash: (kind) => SCHEMA_HASHES.get(kind) }));
  }
  const recorded = artifacts.filter(({ manifest }) => manifest.kind === ADDITIVE).map((artifact) => recordedTarget(tf, artifact));
  const slowdown = recorded[0]?.slowdown ?? null;
  const others = artifacts.filter(({ manifest }) => manifest.kind !== ADDITIVE).flatMap((artifact) => publishedTargets(tf, artifact, slowdown));
  const targets = new Map<TargetId, TargetPredictor>();
  for (const target of [...recorded.map((each) => each.target), ...others]) {
    if (targets.has(target.info.target)) {
      throw new ArtifactError("malformed", `Two predictors in ${weightsDirectory} are for ${target.info.target}.`);
    }
    targets.set(target.info.target, target);
  }
  // The first is a machine that this project measured itself, in states, where there is one.
  const [defaultTarget] = targets.keys();
  if (defaultTarget === undefined) throw new ArtifactError("missing", `There is no predictor in ${weightsDirectory}.`);
  return { list: () => [...targets.values()].map(({ info }) => info), get: (id) => targets.get(id), defaultTarget };
}

function publishedTargets(tf: Tf, artifact: Artifact, slowdown: CarriedSlowdown | null): readonly TargetPredictor[] {
  const { kind, name } = artifact.manifest;
  if (kind === FACTORS) return factorsTargets(tf, artifact, slowdown);
  throw new ArtifactError("malformed", `${name} is of kind "${kind}", which is not known here.`);
}

/** The target of a recorded machine, and its slowdown for targets that were measured idle only. */
function recordedTarget(tf: Tf, { manifest, params }: Artifact): { readonly target: TargetPredictor; readonly slowdown: CarriedSlowdown } {
  const { target, data, metrics, extra } = parseAdditiveManifest(manifest);
  const model = unpackAdditive({ params, record: extra.model });
  const info = {
    target: target.id,
    device: target.device,
    engine: target.engine,
    precision: target.precision,
    cores: target.cores,
    machine: manifest.machine,
    predictor: manifest.name,
    version: manifest.version,
    data: data.name,
    metrics,
  };
  const { rules, interval, domain } = extra;
  const predictor = new AdditivePredictor(tf, model);
  return {
    target: new TrainedTarget({ info, predictor, rules, interval, domain, states: extra.model.states }),
    slowdown: new CarriedSlowdown(model.slowdown, interval),
  };
}

export type * from "./types.js";
