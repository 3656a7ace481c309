import type { FactorSchema } from "../features/factor-features.js";
import { type EngineModel, NETWORK } from "./engine.js";
import { type FactorsRecord, packFactors, unpackFactors } from "./factors-artifact.js";
import { ArtifactError } from "./manifest.js";
import type { KernelCosts } from "./kernel-costs.js";
import { mergeParams, type ParamSet } from "./params.js";
import { packSlowdown, type SlowdownRecord, unpackSlowdown } from "./slowdown-artifact.js";

/** What of an engine's model is not a tensor; goes into the manifest's `extra.model`. */
export interface EngineRecord extends SlowdownRecord {
  readonly factors: FactorsRecord;
  /** Absent where factors are relative to rough latencies. */
  readonly costs?: KernelCosts;
}

export interface PackedEngine {
  readonly params: ParamSet;
  readonly record: EngineRecord;
}

/** An engine's model as tensors and plain JSON. */
export function packEngine({ factors, costs, slowdown }: Omit<EngineModel, "schema">): PackedEngine {
  const [kernels, states] = [packFactors(factors), packSlowdown(slowdown)];
  return { params: mergeParams(kernels.params, states.params), record: { factors: kernels.record, ...(costs !== null && { costs }), ...states.record } };
}

/** The inverse of packEngine, of a model over `schema`. @throws ArtifactError "corrupt" where a tensor is missing or of another size, or NETWORK is */
export function unpackEngine({ params, record }: PackedEngine, schema: FactorSchema): EngineModel {
  if (!record.factors.configurations.some(({ id }) => id === NETWORK)) {
    throw new ArtifactError("corrupt", `The artifact has no configuration "${NETWORK}".`);
  }
  return { schema, costs: record.costs ?? null, factors: unpackFactors({ params, record: record.factors }), slowdown: unpackSlowdown(params, record) };
}
