import { ENGINE_SCHEMA } from "../../features/factor-features.js";
import { featureSchemaHash } from "../../features/schema.js";
import { type AdditiveModel, AdditivePredictor } from "../../model/additive.js";
import { packAdditive } from "../../model/additive-artifact.js";
import { artifactDirectory, writeArtifact } from "../../model/artifact.js";
import { initBackend } from "../../model/backend.js";
import { type EngineModel, EnginePredictor } from "../../model/engine.js";
import { packEngine } from "../../model/engine-artifact.js";
import type { PaperSource } from "../../model/paper.js";
import type { ParamSet } from "../../model/params.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import { fitDomain } from "../../predict/domain.js";
import { ADDITIVE, ENGINE } from "../../predict/recorded-target.js";
import { randomSplit, SPLIT_SEED } from "../evaluate/splits.js";
import { intervalResiduals, intervalsOf, OUT_OF_DISTRIBUTION_FACTOR } from "./calibrate.js";
import { judge, trainPaperCandidate } from "./candidates.js";
import { loadCorpus } from "./corpus.js";
import { crossResiduals } from "./cross-fit.js";
import { allTraining, trainEngine } from "./engine.js";
import { ENGINE_METHOD } from "./method.js";
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
  const additive = await trainWithSlowdown(tf, corpus, idleModel, split, options);
  const { distribution, idle } = additive.slowdown;
  const own: readonly Shippable[] = [
    shippableAdditive(additive),
    // Where there is a profile the additive predictor knows more: what each kernel takes in a network.
    ...(corpus.profiled ? [] : [shippableEngine(await trainEngine(tf, corpus, split, options))]),
  ];
  const paper = (source: PaperSource["kind"]) => trainPaperCandidate(tf, corpus, source, kernelLatency, { distribution, idle }, split, options);
  const papers = [
    { name: "paper, engine-aware", predictor: await paper("engine-aware") },
    { name: "paper, as published", predictor: await paper("as published") },
  ];
  // The choice is made on validation models, which neither trained nor will be reported as test.
  const judged = [...own.map(({ kind, predictor }) => ({ name: kind, predictor })), ...papers].map(({ name, predictor }) => ({
    name,
    on: judge(predictor, validation),
  }));
  for (const { name, on } of judged) {
    log(`validation, ${name}: idle MAPE ${on.idle.mapePercent.toFixed(2)} %, loaded ${on.loaded.mapePercent.toFixed(2)} %`);
  }
  const best = judged.reduce((a, b) => (score(b.on) < score(a.on) ? b : a));
  const chosen = own.find(({ kind }) => kind === best.name);
  if (chosen === undefined) throw new Error(`"${best.name}" beats what can be shipped on validation data.`);

  const isEngine = chosen.kind === ENGINE;
  const shipped = isEngine ? shippableEngine(await trainEngine(tf, corpus, allTraining(split), options)) : chosen;
  const test = judge(shipped.predictor, rowsOf(corpus, split.test));
  const residuals = isEngine
    ? await crossResiduals(tf, corpus, split, ENGINE_METHOD, options)
    : intervalResiduals(shipped.predictor, validation);
  const name = `${target.device}-${target.engine}`;
  const directory = artifactDirectory(out, name, version);
  await writeArtifact(
    directory,
    {
      name,
      version,
      kind: shipped.kind,
      target,
      featureSchemaHash: shipped.featureSchemaHash,
      createdBy: "tempograph npm run train",
      data: {
        name: corpus.folder.split("/").at(-1) ?? corpus.folder,
        plan: corpus.plan.name,
        kernels: corpus.kernels.length,
        idleModels: corpus.idle.length,
        loadedLabels: corpus.loaded.length,
        licence: "MIT, measured by this project",
      },
      split: `by model: 60 % train, 10 % validate${isEngine ? " and train after that" : ""}, 30 % test, seed ${SPLIT_SEED}`,
      seed,
      metrics: [
        { split: "test models, idle", ...test.idle },
        { split: "test models, loaded", ...test.loaded },
      ],
      machine: `${corpus.machine.cpu}, ${corpus.machine.engine} ${corpus.machine.engineVersion}, ${corpus.machine.threads} thread, id ${corpus.machine.id}`,
      extra: {
        backend,
        rules: corpus.rules,
        interval: intervalsOf(residuals, OUT_OF_DISTRIBUTION_FACTOR),
        domain: fitDomain(seenKernels(corpus, isEngine ? allTraining(split) : split)),
        validation: judged,
        model: shipped.record,
      },
    },
    shipped.params,
  );
  log(`test, idle: ${describe(test.idle)}; loaded: ${describe(test.loaded)}`);
  log(`written to ${directory}`);
}

/** A trained predictor that the service knows how to load. */
interface Shippable {
  readonly kind: string;
  readonly featureSchemaHash: string;
  readonly predictor: LatencyPredictor;
  readonly params: ParamSet;
  readonly record: object;
}

function shippableAdditive(model: AdditiveModel): Shippable {
  return { kind: ADDITIVE, featureSchemaHash, predictor: new AdditivePredictor(null, model), ...packAdditive(model) };
}

function shippableEngine(model: EngineModel): Shippable {
  return { kind: ENGINE, featureSchemaHash: ENGINE_SCHEMA.hash, predictor: new EnginePredictor(null, model), ...packEngine(model) };
}

function score({ idle, loaded }: ReturnType<typeof judge>): number {
  return idle.mapePercent + loaded.mapePercent;
}

function describe({ within10Percent, within5Percent, mapePercent }: ReturnType<typeof judge>["idle"]): string {
  return `±10 % ${within10Percent.toFixed(1)}, ±5 % ${within5Percent.toFixed(1)}, MAPE ${mapePercent.toFixed(2)} %`;
}
