import { FACTOR_SCHEMA } from "../features/factor-features.js";
import { type Artifact, readArtifact } from "../model/artifact.js";
import { initBackend, type Tf } from "../model/backend.js";
import { ArtifactError } from "../model/manifest.js";
import type { CarriedSlowdown } from "./carried-slowdown.js";
import { FACTORS, factorsTargets } from "./factors-targets.js";
import { RECORDED_SCHEMAS, recordedTarget } from "./recorded-target.js";
import type { TargetId, TargetPredictor, TargetRegistry } from "./types.js";
import { newestPredictors } from "./weights-folder.js";

/** Kinds of predictor that this program serves, each with the hash of the features that it reads. */
const SCHEMA_HASHES: ReadonlyMap<string, string> = new Map([...RECORDED_SCHEMAS, [FACTORS, FACTOR_SCHEMA.hash]]);

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
  const isRecorded = ({ manifest }: Artifact): boolean => RECORDED_SCHEMAS.has(manifest.kind);
  const recorded = artifacts.filter(isRecorded).map((artifact) => recordedTarget(tf, artifact));
  const slowdown = recorded[0]?.slowdown ?? null;
  const others = artifacts.filter((artifact) => !isRecorded(artifact)).flatMap((artifact) => publishedTargets(tf, artifact, slowdown));
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

export type * from "./types.js";
