import type { RooflineModel } from "../conv/roofline.js";
import type { AdditiveModel } from "./additive.js";
import { memberPrefix } from "./kernel-latency.js";
import { ArtifactError } from "./manifest.js";
import { layersOf, mergeParams, type ParamSet, type ParamTensor } from "./params.js";
import type { Scaler } from "./scaler.js";
import type { StateDistribution } from "./state-distribution.js";

/** What of an additive model is not a tensor; goes into the manifest's `extra.model`. */
export interface AdditiveRecord {
  readonly roofline: { readonly coefficients: Readonly<Record<string, readonly number[]>>; readonly fallback: readonly number[] };
  readonly members: number;
  readonly rank: number;
  readonly states: StateDistribution;
}

export interface PackedAdditive {
  readonly params: ParamSet;
  readonly record: AdditiveRecord;
}

/** An additive model as tensors and plain JSON. */
export function packAdditive({ kernelLatency, scaler, params, slowdown }: AdditiveModel): PackedAdditive {
  return {
    params: mergeParams(
      kernelLatency.params,
      params,
      slowdown.params,
      scalerTensors("kernelScaler", kernelLatency.scaler),
      scalerTensors("nodeScaler", scaler),
      scalerTensors("stateScaler", slowdown.scaler),
      new Map([["idleState", vector(slowdown.idle)]]),
    ),
    record: {
      roofline: {
        coefficients: Object.fromEntries(kernelLatency.roofline.coefficients),
        fallback: kernelLatency.roofline.fallback,
      },
      members: kernelLatency.members,
      rank: slowdown.rank,
      states: slowdown.distribution,
    },
  };
}

/** The inverse of packAdditive. @throws ArtifactError "corrupt" when a tensor is missing. */
export function unpackAdditive({ params, record }: PackedAdditive): AdditiveModel {
  assertNetworks(params, record.members);
  const roofline: RooflineModel = {
    coefficients: new Map(Object.entries(record.roofline.coefficients)),
    fallback: record.roofline.fallback,
  };
  return {
    kernelLatency: { roofline, scaler: scalerFrom(params, "kernelScaler"), params, members: record.members },
    scaler: scalerFrom(params, "nodeScaler"),
    params,
    slowdown: {
      distribution: record.states,
      scaler: scalerFrom(params, "stateScaler"),
      idle: tensor(params, "idleState").data,
      params,
      rank: record.rank,
    },
  };
}

/** Every network that the predictor runs has its layers. */
function assertNetworks(params: ParamSet, members: number): void {
  const ensemble = Array.from({ length: members }, (_, member) => memberPrefix(member));
  for (const prefix of ["gcn", "correction", "state", "stateLinear", "factors", ...ensemble]) {
    try {
      layersOf(params, prefix);
    } catch (cause) {
      throw new ArtifactError("corrupt", `The artifact lacks layers of its network "${prefix}".`, { cause });
    }
  }
}

function vector(data: Float32Array): ParamTensor {
  return { shape: [data.length], data };
}

function scalerTensors(name: string, { mean, scale }: Scaler): ParamSet {
  return new Map([
    [`${name}.mean`, vector(mean)],
    [`${name}.scale`, vector(scale)],
  ]);
}

function scalerFrom(params: ParamSet, name: string): Scaler {
  return { mean: tensor(params, `${name}.mean`).data, scale: tensor(params, `${name}.scale`).data };
}

function tensor(params: ParamSet, name: string): ParamTensor {
  const found = params.get(name);
  if (found === undefined) throw new ArtifactError("corrupt", `The artifact has no tensor "${name}".`);
  return found;
}
