import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { featureSchemaHash } from "../features/schema.js";
import { AdditivePredictor } from "../model/additive.js";
import { unpackAdditive } from "../model/additive-artifact.js";
import { type Artifact, readArtifact } from "../model/artifact.js";
import { initBackend, type Tf } from "../model/backend.js";
import { ArtifactError } from "../model/manifest.js";
import { parseAdditiveManifest } from "./manifest.js";
import { TrainedTarget } from "./trained-target.js";
import type { TargetId, TargetPredictor, TargetRegistry } from "./types.js";

/** The kind of predictor that this program serves. */
const ADDITIVE = "additive";

/**
 * Loads the newest version of every predictor under a folder of weights (`<name>/<version>/manifest.json`).
 *
 * @throws ArtifactError where an artifact is missing, damaged or of another feature schema, or two have one target.
 */
export async function loadTargets(weightsDirectory: string): Promise<TargetRegistry> {
  const { tf } = await initBackend();
  const targets = new Map<TargetId, TargetPredictor>();
  for (const name of await folders(weightsDirectory)) {
    const versions = await folders(join(weightsDirectory, name));
    const newest = versions.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1);
    if (newest === undefined) continue;
    const artifact = await readArtifact(join(weightsDirectory, name, newest), { featureSchemaHash });
    const target = createTarget(tf, artifact);
    if (targets.has(target.info.target)) {
      throw new ArtifactError("malformed", `Two predictors in ${weightsDirectory} are for ${target.info.target}.`);
    }
    targets.set(target.info.target, target);
  }
  const [defaultTarget] = targets.keys();
  if (defaultTarget === undefined) throw new ArtifactError("missing", `There is no predictor in ${weightsDirectory}.`);
  return { list: () => [...targets.values()].map(({ info }) => info), get: (id) => targets.get(id), defaultTarget };
}

function createTarget(tf: Tf, { manifest, params }: Artifact): TargetPredictor {
  if (manifest.kind !== ADDITIVE) {
    throw new ArtifactError("malformed", `${manifest.name} is of kind "${manifest.kind}", which is not known here.`);
  }
  const { target, data, metrics, extra } = parseAdditiveManifest(manifest);
  const model = unpackAdditive({ params, record: extra.model });
  return new TrainedTarget({
    info: {
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
    },
    predictor: new AdditivePredictor(tf, model),
    rules: extra.rules,
    interval: extra.interval,
    domain: extra.domain,
    states: extra.model.states,
  });
}

async function folders(path: string): Promise<string[]> {
  let entries;
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch (cause) {
    throw new ArtifactError("missing", `${path} cannot be read.`, { cause });
  }
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
}

export type * from "./types.js";
