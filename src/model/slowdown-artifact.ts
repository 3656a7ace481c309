import { assertNetworks, scalerFrom, scalerTensors, tensorData, vector } from "./artifact-tensors.js";
import { mergeParams, type ParamSet } from "./params.js";
import { slowdownName, type SlowdownModel } from "./slowdown.js";
import type { StateDistribution } from "./state-distribution.js";

/** What of a slowdown is not a tensor. */
export interface SlowdownRecord {
  readonly rank: number;
  readonly states: StateDistribution;
  /** 1 where it is absent. */
  readonly slowdownMembers?: number;
}

/** A slowdown as tensors and plain JSON. */
export function packSlowdown({ params, scaler, idle, rank, members, distribution }: SlowdownModel): { readonly params: ParamSet; readonly record: SlowdownRecord } {
  return {
    params: mergeParams(params, scalerTensors("stateScaler", scaler), new Map([["idleState", vector(idle)]])),
    record: { rank, states: distribution, slowdownMembers: members },
  };
}

/** The inverse of packSlowdown; `params` may hold the tensors of others too. @throws ArtifactError "corrupt" when one is missing */
export function unpackSlowdown(params: ParamSet, { rank, states, slowdownMembers: members = 1 }: SlowdownRecord): SlowdownModel {
  for (let member = 0; member < members; member++) {
    assertNetworks(params, (["state", "stateLinear", "factors"] as const).map((network) => slowdownName(member, network)));
  }
  return { distribution: states, scaler: scalerFrom(params, "stateScaler"), idle: tensorData(params, "idleState"), params, rank, members };
}
