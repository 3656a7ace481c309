import { featureSchemaHash } from "../../features/schema.js";
import { AdditivePredictor } from "../../model/additive.js";
import { packAdditive } from "../../model/additive-artifact.js";
import { artifactDirectory, writeArtifact } from "../../model/artifact.js";
import { initBackend } from "../../model/backend.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import { fitDomain } from "../../predict/domain.js";
import { randomSplit, SPLIT_SEED } from "../evaluate/splits.js";
import { intervalResiduals, intervalsOf, OUT_OF_DISTRIBUTION_FACTOR } from "./calibrate.js";
import { judge, trainPaperCandidate } from "./candidates.js";
import { loadCorpus } from "./corpus.js";
import { rowsOf, trainIdleModel, trainKernels, trainWithSlowdown } from "./pipeline.js";
import { seenKernels } from "./seen-kernels.js";

export interface RecordedTraining {
  /** Folder of a recorded dataset. */
  readonly data: string;
  readonly target: { readonly id: string; readonly device: string; readonly engine: string; readonly precision: string; readonly cores: string };
  /** Folder of weights. */
  readonly out: string;
  readonly version: string;
  readonly seed: number;
  readonly log: (message: string) => void;
}

/**
 * Trains the predictor of a recorded dataset and writes it as <out>/<device>-<engine>/<version>.
 *
 * @throws Error where another candidate is better on the validation models
 */
export async function trainRecorded({ data, target, out, version, seed, log }: RecordedTraining): Promise<void> {
  const { tf, name: backend } = await initBackend();
  const corpus = await loadCorpus(data, log);
  log(
    corpus.profiled
      ? `${corpus.kernels.length} kernels; lowering exact for ${(100 * corpus.exactLowering).toFixed(1)} % of the models`
      : `${corpus.kernels.length} kernels that ran alone; no profile`,
  );
  const split = randomSplit(corpus.idle.map(({ id }) => id));
  const validation = rowsOf(corpus, split.validation);
  const options = { seed, onProgress: log };

  const kernelLatency = await trainKernels(tf, corpus, split, options);
  const idleModel = await trainIdleModel(tf, corpus, kernelLatency, split, options);
  const model = await trainWithSlowdown(tf, corpus, idleModel, split, options);
  const states = { distribution: model.slowdown.distribution, idle: model.slowdown.idle };
  const predictor = new AdditivePredictor(null, model);
  const candidates: Readonly<Record<string, LatencyPredictor>> = {
    additive: predictor,
    "paper, engine-aware": await trainPaperCandidate(tf, corpus, "engine-aware", kernelLatency, states, split, options),
    "paper, as published": await trainPaperCandidate(tf, corpus, "as published", kernelLatency, states, split, options),
  };
  // The choice is made on validation models, which neither trained nor will be reported as test.
  const judged = Object.entries(candidates).map(([name, candidate]) => ({ name, on: judge(candidate, validation) }));
  for (const { name, on } of judged) {
    log(`validation, ${name}: idle MAPE ${on.idle.mapePercent.toFixed(2)} %, loaded ${on.loaded.mapePercent.toFixed(2)} %`);
  }
  const best = judged.reduce((a, b) => (score(b.on) < score(a.on) ? b : a));
  if (best.name !== "additive") throw new Error(`"${best.name}" beats the additive predictor on validation data; ship that.`);

  const test = judge(predictor, rowsOf(corpus, split.test));
  const { params, record } = packAdditive(model);
  const name = `${target.device}-${target.engine}`;
  const directory = artifactDirectory(out, name, version);
  await writeArtifact(
    directory,
    {
      name,
      version,
      kind: "additive",
      target,
      featureSchemaHash,
      createdBy: "tempograph npm run train",
      data: {
        name: corpus.folder.split("/").at(-1) ?? corpus.folder,
        plan: corpus.plan.name,
        kernels: corpus.kernels.length,
        idleModels: corpus.idle.length,
        loadedLabels: corpus.loaded.length,
        licence: "MIT, measured by this project",
      },
      split: `by model: 60 % train, 10 % validate, 30 % test, seed ${SPLIT_SEED}`,
      seed,
      metrics: [
        { split: "test models, idle", ...test.idle },
        { split: "test models, loaded", ...test.loaded },
      ],
      machine: `${corpus.machine.cpu}, ${corpus.machine.engine} ${corpus.machine.engineVersion}, ${corpus.machine.threads} thread, id ${corpus.machine.id}`,
      extra: {
        backend,
        rules: corpus.rules,
        interval: intervalsOf(intervalResiduals(predictor, validation), OUT_OF_DISTRIBUTION_FACTOR),
        domain: fitDomain(seenKernels(corpus, split)),
        validation: judged,
        model: record,
      },
    },
    params,
  );
  log(`test, idle: ${describe(test.idle)}; loaded: ${describe(test.loaded)}`);
  log(`written to ${directory}`);
}

function score({ idle, loaded }: ReturnType<typeof judge>): number {
  return idle.mapePercent + loaded.mapePercent;
}

function describe({ within10Percent, within5Percent, mapePercent }: ReturnType<typeof judge>["idle"]): string {
  return `±10 % ${within10Percent.toFixed(1)}, ±5 % ${within5Percent.toFixed(1)}, MAPE ${mapePercent.toFixed(2)} %`;
}
