import type { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { HardwareState } from "../../features/state.js";
import { parseSnapshot, snapshotOf } from "../../hardware/snapshot.js";
import { parseStateFields } from "../../hardware/validate.js";
import type { Prediction, TargetPredictor } from "../../predict/types.js";
import type { StoredModel } from "../../store/models.js";
import { findModel, findPredictor, predictOne, resolveState, storeUpload } from "../predicting.js";
import { ProblemError } from "../problems.js";
import { consume } from "../receive/consume.js";
import { parseDims } from "../receive/dims.js";
import { readForm } from "../receive/form.js";
import { checkContentLength, ModelUpload } from "../receive/model-upload.js";
import {
  OnnxBodySchema,
  PREDICT_QUERY,
  PredictByIdSchema,
  PredictFormSchema,
  PredictionSchema,
  PredictionsSchema,
} from "../schemas/prediction.js";
import { problems } from "../schemas/problem.js";
import { STATE_QUERY } from "../schemas/state.js";
import { sendJson } from "../send-json.js";
import type { Services } from "../services.js";
import type { Timings } from "../timings.js";
import type { App } from "../types.js";
import { checker } from "../validation.js";

const PARTS: ReadonlySet<string> = new Set(["model", "target", "state", "snapshotId", "dims"]);
const QuerySchema = Type.Object({ ...PREDICT_QUERY, ...STATE_QUERY }, { additionalProperties: false });
const checkById = checker(PredictByIdSchema, "body");

/** A request of any of the three forms, with the model ready. */
interface Prepared {
  readonly model: StoredModel;
  readonly predictors: readonly TargetPredictor[];
  readonly state: HardwareState;
  /** True when the client asked for a list of targets and gets a list of predictions. */
  readonly many: boolean;
  readonly lastByteAtMs: number;
  readonly parseMs: number;
  readonly buildMs: number;
}

type Query = Readonly<Record<string, string | number | undefined>>;

function textField(name: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  throw new ProblemError("invalid-request", `The part "${name}" must be text.`, { field: name });
}

/** The ONNX bytes as the body, everything else in the query. */
async function prepareStream(services: Services, request: FastifyRequest, query: Query): Promise<Prepared> {
  const { target, snapshotId, dims, ...fields } = query;
  const { maxUploadBytes } = services.limits;
  checkContentLength(request.headers["content-length"], maxUploadBytes);
  const predictor = findPredictor(services, target?.toString());
  const sizes = parseDims(dims);
  const given = parseStateFields(Object.entries(fields).map(([name, value]) => [name, String(value)] as const));
  const state = await resolveState(services, given, snapshotId?.toString());
  const upload = new ModelUpload(maxUploadBytes);
  await consume(request.body as Readable, (chunk) => upload.push(chunk));
  const lastByteAtMs = performance.now();
  const { model, buildMs } = await storeUpload(services, upload, sizes);
  return { model, predictors: [predictor], state, many: false, lastByteAtMs, parseMs: upload.parseMs, buildMs };
}

/** A form with the model as a file and the rest as fields, in any order. */
async function prepareForm(services: Services, request: FastifyRequest): Promise<Prepared> {
  const upload = new ModelUpload(services.limits.maxUploadBytes);
  const fields = await readForm(request, PARTS, upload, services.limits.maxUploadBytes);
  const lastByteAtMs = performance.now();
  const predictor = findPredictor(services, textField("target", fields.get("target")));
  const part = fields.get("state");
  const given = part === undefined ? undefined : typeof part === "string" ? parseSnapshot("json", part) : snapshotOf(part);
  const state = await resolveState(services, given?.state, textField("snapshotId", fields.get("snapshotId")));
  const { model, buildMs } = await storeUpload(services, upload, parseDims(fields.get("dims")));
  return { model, predictors: [predictor], state, many: false, lastByteAtMs, parseMs: upload.parseMs, buildMs };
}

/** A model that was sent before, by its id. */
async function prepareById(services: Services, request: FastifyRequest): Promise<Prepared> {
  const lastByteAtMs = performance.now();
  const { modelId, target, targets, state: given, snapshotId } = checkById(request.body);
  if (target !== undefined && targets !== undefined) {
    throw new ProblemError("invalid-request", "Give target or targets, not both.", { field: "targets" });
  }
  const predictors = (targets ?? [target]).map((name) => findPredictor(services, name));
  const state = await resolveState(services, given, snapshotId);
  const model = await findModel(services, modelId);
  return { model, predictors, state, many: targets !== undefined, lastByteAtMs, parseMs: 0, buildMs: 0 };
}

function prepare(services: Services, request: FastifyRequest, query: Query): Promise<Prepared> {
  const type = request.mediaType;
  if (type === "application/octet-stream") return prepareStream(services, request, query);
  const [parameter] = Object.keys(query);
  if (parameter !== undefined) {
    throw new ProblemError("invalid-request", "The query is read only when the body is application/octet-stream.", {
      field: parameter,
    });
  }
  if (type === "multipart/form-data") return prepareForm(services, request);
  if (type === "application/json") return prepareById(services, request);
  const known = "multipart/form-data, application/octet-stream (an ONNX file) or application/json";
  throw new ProblemError("unsupported-media-type", `Send ${known}.`);
}

function answer(services: Services, request: FastifyRequest, prepared: Prepared) {
  const { model, predictors, state, many, lastByteAtMs, parseMs, buildMs } = prepared;
  const results = predictors.map((predictor) => predictOne(services, model, predictor, state));
  const now = performance.now();
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const timingsMs: Timings = {
    receive: lastByteAtMs - request.arrivedAtMs,
    parse: parseMs,
    build: buildMs,
    embed: sum(results.map((result) => result.embedMs)),
    predict: sum(results.map((result) => result.predictMs)),
    afterLastByte: now - lastByteAtMs,
    total: now - request.arrivedAtMs,
  };
  services.metrics.prediction(predictors.map((predictor) => predictor.info.target), timingsMs);
  const predictions: readonly Prediction[] = results.map((result) => result.prediction);
  const [first] = predictions;
  return many || first === undefined
    ? { modelId: model.graph.modelId, predictions, timingsMs }
    : { ...first, timingsMs };
}

/** POST /predict: an ONNX model and a state in, the latency out. */
export function predictRoutes(app: App, services: Services): void {
  app.post(
    "/predict",
    {
      config: {
        bodies: {
          "multipart/form-data": PredictFormSchema,
          "application/octet-stream": OnnxBodySchema,
          "application/json": PredictByIdSchema,
        },
      },
      schema: {
        operationId: "predict",
        tags: ["prediction"],
        summary: "Predict the latency of a model on a target in a state",
        description:
          "The query is for bodies of type application/octet-stream; the other forms carry the same things themselves. " +
          "The order of a form's parts does not matter, but what comes before the model can be refused before it is sent.",
        querystring: QuerySchema,
        response: {
          200: Type.Union([PredictionSchema, PredictionsSchema]),
          ...problems(400, 404, 408, 413, 415, 422, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const prepared = await prepare(services, request, request.query);
      return sendJson(reply, 200, answer(services, request, prepared));
    },
  );
}
