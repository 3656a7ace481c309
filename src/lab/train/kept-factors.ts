import { createHash } from "node:crypto";
import type { Tf } from "../../model/backend.js";
import type { FactorsModel } from "../../model/factors.js";
import { KeptModels } from "../evaluate/kept-models.js";
import { codeHash } from "./code-hash.js";
import type { FactorSample } from "./factor-sample.js";
import type { FactorsKeeper, FactorsTrainingOptions } from "./factors.js";

const CACHE = ".cache/train/factors";
const CODE = [new URL("./factors.js", import.meta.url)];

/**
 * Factors that earlier runs trained, for as long as samples, settings, seed, backend and the code that trains are the same: parts of a page, and
 * training what ships, want the same ones, and a run that is ended goes on where it was.
 */
export function keptFactors(tf: Tf, folder = CACHE): FactorsKeeper {
  const code = codeHash(CODE);
  const kept = new KeptModels<FactorsModel>(folder, true);
  return (samples, options, train) => kept.model([code, tf.getBackend(), digestOf(samples, options)], train);
}

/** SHA-256 of all that factors are trained from. */
function digestOf(samples: readonly FactorSample[], options: FactorsTrainingOptions): string {
  const hash = createHash("sha256").update(JSON.stringify(options));
  for (const { graphId, features, configuration, latencyUs, parts, logBaseUs = new Float32Array() } of samples) {
    hash.update(JSON.stringify([graphId, features.schema.hash, configuration, latencyUs, parts, features.matrix.length, logBaseUs.length]));
    for (const numbers of [features.matrix, features.logRoughUs, logBaseUs]) hash.update(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  }
  return hash.digest("hex");
}
