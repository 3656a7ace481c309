import { artifactDirectory, writeArtifact } from "../../../model/artifact.js";
import { initBackend } from "../../../model/backend.js";
import { trainFactors } from "../../train/factors.js";
import { phonesArtifact } from "./artifact.js";
import { onSums } from "./base.js";
import { fitOperatorSums } from "./baselines.js";
import { PHONES_TRAINING } from "./cross-validate.js";
import { heldOutOf, samplesOf } from "./held-out.js";
import { PHONES_NETWORKS, readNetworks } from "./networks.js";
import { phoneSamples } from "./samples.js";
import { readPhoneTables } from "./table.js";

export interface TrainPhonesOptions {
  /** The folder of the published tables. */
  readonly published: string;
  readonly networks?: string;
  /** The folder of all weights. */
  readonly out: string;
  readonly version: string;
  readonly seed: number;
  readonly log: (message: string) => void;
}

/**
 * Trains `phones-cpu` and `phones-gpu` on every network of the published tables and writes them. Accuracy and intervals
 * are those of models without the networks, which are trained first unless `npm run evaluate:phones` has done so.
 */
export async function trainPhones({ published, networks = PHONES_NETWORKS, out, version, seed, log }: TrainPhonesOptions): Promise<void> {
  const samples = phoneSamples(readPhoneTables(published), readNetworks(networks));
  const { tf, name: backend } = await initBackend();
  for (const processor of ["cpu", "gpu"] as const) {
    const own = samplesOf(processor, samples);
    const judging = { tf, training: PHONES_TRAINING, log };
    const members = await heldOutOf(`${processor}-members`, own, judging);
    const families = await heldOutOf(`${processor}-families`, own, judging);
    const sums = fitOperatorSums(own);
    const model = await trainFactors(tf, onSums(own, sums), { ...PHONES_TRAINING, seed, onProgress: log });
    const name = `phones-${processor}`;
    const { head, params } = phonesArtifact({ name, version, seed, backend, samples: own, model, sums, members, families });
    const directory = artifactDirectory(out, name, version);
    await writeArtifact(directory, head, params);
    log(`written to ${directory}`);
  }
}
