import { basename } from "node:path";
import { artifactDirectory, writeArtifact } from "../../model/artifact.js";
import { initBackend } from "../../model/backend.js";
import { PaperPredictor, type PaperSource } from "../../model/paper.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import { type Split, splitOf, SPLIT_SEED } from "../evaluate/splits.js";
import { intervalsOf } from "./calibrate.js";
import { judge, trainPaperCandidate } from "./candidates.js";
import type { Corpus } from "./corpus.js";
import { loadTrainingData, type TrainingData } from "./load-corpus.js";
import { crossResiduals } from "./cross-fit.js";
import { keptFactors } from "./kept-factors.js";
import { keptFolds } from "./kept-folds.js";
import { memoryRecord } from "./memory.js";
import { loadMemory } from "./memory-examples.js";
import { ADDITIVE_METHOD, methodOf, trainingSplit } from "./method.js";
import { timedNetworks } from "./network-profiles.js";
import { rowsOf } from "./pipeline.js";
import { seenOf } from "./seen-domain.js";
import { typicalFactors } from "./typical-kernel.js";

export interface RecordedTraining extends TrainingData {
  readonly target: { readonly id: string; readonly device: string; readonly engine: string; readonly precision: string; readonly cores: string };
  /** Folder of what memory its networks take, where it is not the one beside the data. */
  readonly memory?: string | undefined;
  /** Folder of weights. */
  readonly out: string;
  readonly version: string;
  readonly seed: number;
  readonly log: (message: string) => void;
}

/**
 * Trains the predictor of a recorded dataset and writes it as <out>/<device>-<engine>/<version>.
 *
 * @throws RangeError where the target's engine is not the one that was recorded
 * @throws Error where one of the paper's is better on the validation models
 */
export async function trainRecorded({ data, slowdowns, memory: memoryFolder, target, out, version, seed, log }: RecordedTraining): Promise<void> {
  const { tf, name: backend } = await initBackend();
  const corpus = await loadTrainingData({ data, slowdowns }, log);
  requireRecorded(target, corpus);
  const timed = timedNetworks([...corpus.idle, ...corpus.further]);
  log(
    corpus.profiled
      ? `${corpus.kernels.length} kernels; lowering exact for ${(100 * corpus.exactLowering).toFixed(1)} % of the models`
      : `${corpus.kernels.length} kernels that ran alone; ${timed.networks} networks whose layers are timed, ${(100 * timed.share).toFixed(1)} % of their latency`,
  );
  const split = splitOf(corpus);
  const further = corpus.further.filter(({ id }) => split.training.has(id)).length;
  const validation = rowsOf(corpus, split.validation);
  const options = { seed, onProgress: log, keep: keptFactors(tf) };

  const additive = await ADDITIVE_METHOD.train(tf, corpus, split, options);
  const { states, kernelLatency } = additive;
  const method = methodOf(corpus);
  const own = await method.train(tf, corpus, withoutValidation(split), options);
  const paper = async (source: PaperSource["kind"]) =>
    new PaperPredictor(null, await trainPaperCandidate(tf, corpus, source, kernelLatency, states, split, options));
  const papers = [
    { name: "paper, engine-aware", predictor: await paper("engine-aware") },
    { name: "paper, as published", predictor: await paper("as published") },
  ];
  // Judged on validation models, which the own predictor has not seen, where the others stop their training by them.
  const candidates: readonly { readonly name: string; readonly predictor: LatencyPredictor }[] = [
    { name: method.name, predictor: own.predictor },
    { name: ADDITIVE_METHOD.name, predictor: additive.predictor },
    ...papers,
  ];
  const judged = candidates.map(({ name, predictor }) => ({ name, on: judge(predictor, validation) }));
  for (const { name, on } of judged) {
    log(`validation, ${name}: idle MAPE ${on.idle.mapePercent.toFixed(2)} %, loaded ${on.loaded.mapePercent.toFixed(2)} %`);
  }
  const best = judged.filter(({ name }) => name !== ADDITIVE_METHOD.name).reduce((a, b) => (score(b.on) < score(a.on) ? b : a));
  if (best.name !== method.name) throw new Error(`"${best.name}" beats what can be shipped on validation data.`);

  const shipped = await method.train(tf, corpus, split, options);
  const test = judge(shipped.predictor, rowsOf(corpus, split.test));
  const training = trainingSplit(method, split);
  const residuals = await crossResiduals(tf, corpus, split, method, options, keptFolds(tf, corpus, split, method, seed));
  const memory = await loadMemory(corpus, memoryFolder);
  const { params, record } = shipped.pack();
  const name = `${target.device}-${target.engine}`;
  const directory = artifactDirectory(out, name, version);
  await writeArtifact(
    directory,
    {
      name,
      version,
      kind: method.name,
      target,
      featureSchemaHash: method.featureSchemaHash,
      createdBy: "tempograph npm run train",
      data: {
        name: basename(corpus.folder),
        plan: corpus.plan.name,
        kernels: corpus.kernels.length,
        idleModels: corpus.idle.length,
        ...(further > 0 ? { furtherNetworks: further } : {}),
        ...(timed.networks > 0 ? { profiledNetworks: timed.networks } : {}),
        loadedLabels: corpus.loaded.length,
        ...(slowdowns === undefined ? {} : { slowdownsToo: `${corpus.borrowed.length} labels of ${basename(slowdowns)}` }),
        licence: "MIT, measured by this project",
      },
      split: `by model: 60 % train, 10 % validate and train after that, 30 % test, seed ${SPLIT_SEED}`,
      seed,
      metrics: [
        { split: "test models, idle", ...test.idle },
        { split: "test models, loaded", ...test.loaded },
      ],
      machine: `${corpus.machine.cpu}, ${corpus.machine.engine} ${corpus.machine.engineVersion}, ${corpus.machine.threads} thread, id ${corpus.machine.id}`,
      extra: {
        backend,
        rules: corpus.rules,
        interval: intervalsOf(residuals),
        ...seenOf(corpus, training),
        typicalKernel: typicalFactors(shipped.predictor, rowsOf(corpus, training.training).idle),
        ...(memory === null ? {} : { memory: memoryRecord(memory, split) }),
        validation: judged,
        model: record,
      },
    },
    params,
  );
  log(`test, idle: ${describe(test.idle)}; loaded: ${describe(test.loaded)}`);
  log(`written to ${directory}`);
}

/** For a method that trains on models that validate: they are to judge it first. */
function withoutValidation({ test, training }: Split): Split {
  return { test, training, validation: new Set() };
}

function score({ idle, loaded }: ReturnType<typeof judge>): number {
  return idle.mapePercent + loaded.mapePercent;
}

function describe({ within10Percent, within5Percent, mapePercent }: ReturnType<typeof judge>["idle"]): string {
  return `±10 % ${within10Percent.toFixed(1)}, ±5 % ${within5Percent.toFixed(1)}, MAPE ${mapePercent.toFixed(2)} %`;
}

/** A predictor that went by the name of another engine would be believed. @throws RangeError */
export function requireRecorded({ id, engine }: RecordedTraining["target"], { folder, rules }: Pick<Corpus, "folder" | "rules">): void {
  if (engine !== rules.engine) throw new RangeError(`the target ${id} is of ${engine}, but ${folder} was recorded with ${rules.engine}`);
}
