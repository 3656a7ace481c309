import { Type } from "typebox";
import { findPredictor } from "../predicting.js";
import { problems } from "../schemas/problem.js";
import { ProblemError } from "../problems.js";
import type { Services } from "../services.js";
import type { App } from "../types.js";

const TENSORS = Type.Array(Type.Object({ name: Type.String(), datatype: Type.String(), shape: Type.Array(Type.Integer()) }));

/** Health and metadata as the Open Inference Protocol (v2) names them; a target is one of its models. */
export function healthRoutes(app: App, services: Services): void {
  app.get(
    "/v2/health/live",
    {
      schema: {
        operationId: "live",
        tags: ["health"],
        summary: "Whether the process answers",
        response: { 200: Type.Object({ live: Type.Boolean() }), ...problems() },
      },
    },
    () => ({ live: true }),
  );

  app.get(
    "/v2/health/ready",
    {
      schema: {
        operationId: "ready",
        tags: ["health"],
        summary: "Whether predictions can be answered",
        response: { 200: Type.Object({ ready: Type.Boolean() }), ...problems(503) },
      },
    },
    () => {
      if (services.registry.list().length === 0) {
        throw new ProblemError("not-ready", "No predictor is loaded.", { retryAfterSeconds: 5 });
      }
      return { ready: true };
    },
  );

  app.get(
    "/v2/models/:name",
    {
      schema: {
        operationId: "modelMetadata",
        tags: ["health"],
        summary: "A target's predictor as an Open Inference Protocol model",
        params: Type.Object({ name: Type.String() }),
        response: {
          200: Type.Object({
            name: Type.String(),
            versions: Type.Array(Type.String()),
            platform: Type.String(),
            inputs: TENSORS,
            outputs: TENSORS,
          }),
          ...problems(404, 503),
        },
      },
    },
    (request) => {
      const { info } = findPredictor(services, request.params.name);
      return {
        name: info.target,
        versions: [info.version],
        platform: `tempograph_${info.predictor}`,
        inputs: [
          { name: "model", datatype: "BYTES", shape: [1] },
          { name: "state", datatype: "BYTES", shape: [1] },
        ],
        outputs: [{ name: "latencyMs", datatype: "FP64", shape: [1] }],
      };
    },
  );
}
