import { ArtifactError } from "./manifest.js";
import { elementsOf, layersOf, type ParamSet, type ParamTensor } from "./params.js";
import type { Scaler } from "./scaler.js";

/* What the artifacts of all kinds of predictor are packed into and checked by. */

export function vector(data: Float32Array): ParamTensor {
  return { shape: [data.length], data };
}

export function scalerTensors(name: string, { mean, scale }: Scaler): ParamSet {
  return new Map([
    [`${name}.mean`, vector(mean)],
    [`${name}.scale`, vector(scale)],
  ]);
}

/** @throws ArtifactError "corrupt" where it is missing */
export function scalerFrom(params: ParamSet, name: string): Scaler {
  return { mean: tensorData(params, `${name}.mean`), scale: tensorData(params, `${name}.scale`) };
}

/** @throws ArtifactError "corrupt" where the tensor is missing, or of another size than `elements` */
export function tensorData(params: ParamSet, name: string, elements?: number): Float32Array {
  const found = params.get(name);
  if (found === undefined) throw new ArtifactError("corrupt", `The artifact has no tensor "${name}".`);
  if (elements !== undefined && elementsOf(found.shape) !== elements) {
    throw new ArtifactError("corrupt", `Tensor "${name}" has ${elementsOf(found.shape)} elements, not ${elements}.`);
  }
  return found.data;
}

/** Checks that each of the networks with these prefixes has its layers. @throws ArtifactError "corrupt" */
export function assertNetworks(params: ParamSet, prefixes: readonly string[]): void {
  for (const prefix of prefixes) {
    try {
      layersOf(params, prefix);
    } catch (cause) {
      throw new ArtifactError("corrupt", `The artifact lacks layers of its network "${prefix}".`, { cause });
    }
  }
}
