import { assertNetworks, scalerFrom, scalerTensors, tensorData, vector } from "./artifact-tensors.js";
import { mergeParams, type ParamSet } from "./params.js";
import type { SlowdownModel } from "./slowdown.js";
import type { StateDistribution } from "./state-distribution.js";

/** What of a slowdown is not a tensor. */
export interface SlowdownRecord {
  readonly rank: number;
  readonly states: StateDistribution;
}

/** A slowdown as tensors and plain JSON. */
export function packSlowdown({ params, scaler, idle, rank, distribution }: SlowdownModel): { readonly params: ParamSet; readonly record: SlowdownRecord } {
  return {
    params: mergeParams(params, scalerTensors("stateScaler", scaler), new Map([["idleState", vector(idle)]])),
    record: { rank, states: distribution },
  };
}

/** The inverse of packSlowdown; `params` may hold the tensors of others too. @throws ArtifactError "corrupt" when one is missing */
export function unpackSlowdown(params: ParamSet, { rank, states }: SlowdownRecord): SlowdownModel {
  assertNetworks(params, ["state", "stateLinear", "factors"]);
  return { distribution: states, scaler: scalerFrom(params, "stateScaler"), idle: tensorData(params, "idleState"), params, rank };
}
