import type { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { summarizeFused } from "../../graph/fusion-summary.js";
import { describeModel } from "../describe-model.js";
import { findModel, storeUpload, type BuiltModel } from "../predicting.js";
import { ProblemError } from "../problems.js";
import { consume } from "../receive/consume.js";
import { parseDims } from "../receive/dims.js";
import { readForm } from "../receive/form.js";
import { checkContentLength, ModelUpload } from "../receive/model-upload.js";
import { EngineSchema, GraphSchema, modelSchema } from "../schemas/model.js";
import { ModelFormSchema, ModelQuerySchema, OnnxBodySchema } from "../schemas/prediction.js";
import { problems } from "../schemas/problem.js";
import { sendJson } from "../send-json.js";
import type { Services } from "../services.js";
import type { App } from "../types.js";

const PARTS: ReadonlySet<string> = new Set(["model", "dims"]);
const IdSchema = Type.Object({ id: Type.String() });
const GraphQuerySchema = Type.Object({ engine: Type.Optional(EngineSchema) }, { additionalProperties: false });

async function receive(services: Services, request: FastifyRequest, dims: string | undefined): Promise<BuiltModel> {
  const { maxUploadBytes } = services.limits;
  const upload = new ModelUpload(maxUploadBytes);
  if (request.mediaType === "application/octet-stream") {
    checkContentLength(request.headers["content-length"], maxUploadBytes);
    const sizes = parseDims(dims);
    await consume(request.body as Readable, (chunk) => upload.push(chunk));
    return storeUpload(services, upload, sizes);
  }
  if (request.mediaType === "multipart/form-data") {
    if (dims !== undefined) throw new ProblemError("invalid-request", "Send dims as a part.", { field: "dims" });
    const fields = await readForm(request, PARTS, upload, maxUploadBytes);
    return storeUpload(services, upload, parseDims(fields.get("dims")));
  }
  throw new ProblemError("unsupported-media-type", "Send multipart/form-data or application/octet-stream.");
}

/** Models that later predictions name by their id. */
export function modelRoutes(app: App, services: Services): void {
  app.post(
    "/models",
    {
      config: { bodies: { "application/octet-stream": OnnxBodySchema, "multipart/form-data": ModelFormSchema } },
      schema: {
        operationId: "registerModel",
        tags: ["models"],
        summary: "Register a model",
        querystring: ModelQuerySchema,
        response: {
          200: modelSchema("It was registered before."),
          201: modelSchema("It is registered now."),
          ...problems(400, 408, 413, 415, 422, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const { model, created } = await receive(services, request, request.query.dims);
      void reply.header("location", `/models/${model.graph.modelId}`);
      return sendJson(reply, created ? 201 : 200, describeModel(model.graph));
    },
  );

  app.get(
    "/models/:id",
    {
      schema: {
        operationId: "getModel",
        tags: ["models"],
        summary: "Summary of a registered model",
        params: IdSchema,
        response: { 200: modelSchema("The model."), ...problems(404) },
      },
    },
    async (request, reply) => sendJson(reply, 200, describeModel((await findModel(services, request.params.id)).graph)),
  );

  app.get(
    "/models/:id/graph",
    {
      schema: {
        operationId: "getModelGraph",
        tags: ["models"],
        summary: "Every node of a registered model with its shapes and costs, and what an engine fuses",
        params: IdSchema,
        querystring: GraphQuerySchema,
        response: { 200: GraphSchema, ...problems(400, 404) },
      },
    },
    async (request, reply) => {
      const { graph } = await findModel(services, request.params.id);
      return sendJson(reply, 200, summarizeFused(graph, request.query.engine ?? "onnxruntime"));
    },
  );
}
