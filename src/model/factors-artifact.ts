import { assertNetworks, scalerFrom, scalerTensors, tensorData } from "./artifact-tensors.js";
import { configurationName, type FactorsModel, factorsPrefix, type Configuration, ownName } from "./factors.js";
import { mergeParams, type ParamSet } from "./params.js";

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
  return {
    params: mergeParams(params, scalerTensors(SCALER, scaler)),
    record: { rank, members, configurationFeatures, configurations },
  };
}

const SCALER = "kernelScaler";

/** The inverse of packFactors. @throws ArtifactError "corrupt" where a tensor is missing or of another size */
export function unpackFactors({ params, record }: PackedFactors): FactorsModel {
  const width = record.rank + 2;
  for (let member = 0; member < record.members; member++) {
    assertNetworks(params, [factorsPrefix(member)]);
    tensorData(params, configurationName(member), record.configurationFeatures.length * width);
    tensorData(params, ownName(member), record.configurations.length * width);
  }
  return { ...record, scaler: scalerFrom(params, SCALER), params };
}
