import type { RooflineModel } from "../conv/roofline.js";
import type { AdditiveModel } from "./additive.js";
import { assertNetworks, scalerFrom, scalerTensors } from "./artifact-tensors.js";
import { memberPrefix } from "./kernel-latency.js";
import { mergeParams, type ParamSet } from "./params.js";
import { packSlowdown, type SlowdownRecord, unpackSlowdown } from "./slowdown-artifact.js";

/** What of an additive model is not a tensor; goes into the manifest's `extra.model`. */
export interface AdditiveRecord extends SlowdownRecord {
  readonly roofline: { readonly coefficients: Readonly<Record<string, readonly number[]>>; readonly fallback: readonly number[] };
  readonly members: number;
}

export interface PackedAdditive {
  readonly params: ParamSet;
  readonly record: AdditiveRecord;
}

/** An additive model as tensors and plain JSON. */
export function packAdditive({ kernelLatency, scaler, params, slowdown }: AdditiveModel): PackedAdditive {
  const states = packSlowdown(slowdown);
  return {
    params: mergeParams(
      kernelLatency.params,
      params,
      states.params,
      scalerTensors("kernelScaler", kernelLatency.scaler),
      scalerTensors("nodeScaler", scaler),
    ),
    record: {
      roofline: {
        coefficients: Object.fromEntries(kernelLatency.roofline.coefficients),
        fallback: kernelLatency.roofline.fallback,
      },
      members: kernelLatency.members,
      ...states.record,
    },
  };
}

/** The inverse of packAdditive. @throws ArtifactError "corrupt" when a tensor is missing. */
export function unpackAdditive({ params, record }: PackedAdditive): AdditiveModel {
  const ensemble = Array.from({ length: record.members }, (_, member) => memberPrefix(member));
  assertNetworks(params, ["gcn", "correction", ...ensemble]);
  const roofline: RooflineModel = {
    coefficients: new Map(Object.entries(record.roofline.coefficients)),
    fallback: record.roofline.fallback,
  };
  return {
    kernelLatency: { roofline, scaler: scalerFrom(params, "kernelScaler"), params, members: record.members },
    scaler: scalerFrom(params, "nodeScaler"),
    params,
    slowdown: unpackSlowdown(params, record),
  };
}
