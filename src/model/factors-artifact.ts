import { configurationName, type FactorsModel, factorsPrefix, type Configuration, ownName } from "./factors.js";
import { ArtifactError } from "./manifest.js";
import { elementsOf, layersOf, mergeParams, type ParamSet, type ParamTensor } from "./params.js";

/** What of a factors model is not a tensor; goes into the manifest's `extra.model`. */
export interface FactorsRecord {
  readonly rank: number;
  readonly members: number;
  readonly configurationFeatures: readonly string[];
  readonly configurations: readonly Configuration[];
}

export interface PackedFactors {
  readonly params: ParamSet;
  readonly record: FactorsRecord;
}

/** A factors model as tensors and plain JSON. */
export function packFactors({ scaler, params, ...record }: FactorsModel): PackedFactors {
  const { rank, members, configurationFeatures, configurations } = record;
  const vector = (data: Float32Array): ParamTensor => ({ shape: [data.length], data });
  return {
    params: mergeParams(
      params,
      new Map([
        ["kernelScaler.mean", vector(scaler.mean)],
        ["kernelScaler.scale", vector(scaler.scale)],
      ]),
    ),
    record: { rank, members, configurationFeatures, configurations },
  };
}

/** The inverse of packFactors. @throws ArtifactError "corrupt" where a tensor is missing or of another size */
export function unpackFactors({ params, record }: PackedFactors): FactorsModel {
  const width = record.rank + 2;
  for (let member = 0; member < record.members; member++) {
    try {
      layersOf(params, factorsPrefix(member));
    } catch (cause) {
      throw new ArtifactError("corrupt", `The artifact lacks layers of "${factorsPrefix(member)}".`, { cause });
    }
    tensor(params, configurationName(member), record.configurationFeatures.length * width);
    tensor(params, ownName(member), record.configurations.length * width);
  }
  const scaler = { mean: tensor(params, "kernelScaler.mean"), scale: tensor(params, "kernelScaler.scale") };
  return { ...record, scaler, params };
}

function tensor(params: ParamSet, name: string, elements?: number): Float32Array {
  const found = params.get(name);
  if (found === undefined) throw new ArtifactError("corrupt", `The artifact has no tensor "${name}".`);
  if (elements !== undefined && elementsOf(found.shape) !== elements) {
    throw new ArtifactError("corrupt", `Tensor "${name}" has ${elementsOf(found.shape)} elements, not ${elements}.`);
  }
  return found.data;
}
