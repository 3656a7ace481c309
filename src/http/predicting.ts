import type { HardwareState } from "../features/state.js";
import { buildGraph } from "../graph/build.js";
import type { Prediction, TargetPredictor } from "../predict/types.js";
import type { StoredModel } from "../store/models.js";
import { checkPredictable } from "./predictable.js";
import { ProblemError } from "./problems.js";
import type { ModelUpload } from "./receive/model-upload.js";
import type { Services } from "./services.js";
import { timed } from "./timings.js";

/** The predictor of a target, or of the default one. Throws ProblemError("unknown-target") that lists those there are. */
export function findPredictor({ registry }: Services, target: string | undefined): TargetPredictor {
  const predictor = registry.get(target ?? registry.defaultTarget);
  if (predictor !== undefined) return predictor;
  const targets = registry.list().map((info) => info.target);
  if (targets.length === 0) throw new ProblemError("not-ready", "No predictor is loaded.");
  throw new ProblemError("unknown-target", `There is no target "${String(target).slice(0, 120)}".`, { targets });
}

/** A model that was sent before; `field` names it in the request. Throws ProblemError("unknown-model"). */
export async function findModel({ models }: Services, modelId: string, field = "modelId"): Promise<StoredModel> {
  const model = await models.find(modelId);
  if (model !== undefined) return model;
  throw new ProblemError("unknown-model", "Send the model again, to POST /models or POST /predict.", { field });
}

/** The state to predict for: the one given, the snapshot's, or an empty one. Throws ProblemError("unknown-snapshot"). */
export async function resolveState(
  { snapshots }: Services,
  given: HardwareState | undefined,
  snapshotId: string | undefined,
): Promise<HardwareState> {
  if (snapshotId === undefined) return given ?? {};
  if (given !== undefined && Object.keys(given).length > 0) {
    throw new ProblemError("invalid-request", "Give a state or a snapshotId, not both.", { field: "snapshotId" });
  }
  const stored = await snapshots.get(snapshotId);
  if (stored === undefined) {
    throw new ProblemError("unknown-snapshot", "Send the state again, to POST /hardware-snapshot.", { field: "snapshotId" });
  }
  return stored.snapshot.state;
}

export interface BuiltModel {
  readonly model: StoredModel;
  readonly created: boolean;
  readonly buildMs: number;
}

/**
 * The graph of a finished upload; when the same structure came before, the kept one with its embeddings. Uploads are not
 * told apart by their bytes: hashing 100 MB of weights takes longer than building the graph again. Throws ModelError.
 */
export async function storeUpload(
  { models }: Services,
  upload: ModelUpload,
  dims: ReadonlyMap<string, number>,
): Promise<BuiltModel> {
  const onnx = upload.model();
  const { value: graph, milliseconds: buildMs } = timed(() => buildGraph(onnx, { dims }));
  return { ...(await models.put(graph)), buildMs };
}

export interface TimedPrediction {
  readonly prediction: Prediction;
  readonly embedMs: number;
  readonly predictMs: number;
}

/** One prediction. Throws ProblemError("unpredictable") where nothing of the model's cost is covered. */
export function predictOne(
  { models }: Services,
  model: StoredModel,
  predictor: TargetPredictor,
  state: HardwareState,
): TimedPrediction {
  const embedding = timed(() => models.embed(model, predictor));
  const predicted = timed(() => predictor.predict(embedding.value, state));
  checkPredictable(model.graph, predicted.value);
  return { prediction: predicted.value, embedMs: embedding.milliseconds, predictMs: predicted.milliseconds };
}
