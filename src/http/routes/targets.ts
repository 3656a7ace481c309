import { Type, type Static } from "typebox";
import type { TargetInfo } from "../../predict/types.js";
import { findPredictor } from "../predicting.js";
import { problems } from "../schemas/problem.js";
import { TargetSchema, TargetsSchema } from "../schemas/target.js";
import type { Services } from "../services.js";
import type { App } from "../types.js";

function describe(info: TargetInfo): Static<typeof TargetSchema> {
  return { ...info, metrics: info.metrics.map((metrics) => ({ ...metrics })) };
}

/** What can be predicted, and how well. */
export function targetRoutes(app: App, services: Services): void {
  const { registry } = services;
  app.get(
    "/targets",
    {
      schema: {
        operationId: "listTargets",
        tags: ["targets"],
        summary: "What can be predicted, with each target's accuracy and data",
        response: { 200: TargetsSchema, ...problems() },
      },
    },
    () => ({ defaultTarget: registry.defaultTarget, targets: registry.list().map(describe) }),
  );

  app.get(
    "/targets/:id",
    {
      schema: {
        operationId: "getTarget",
        tags: ["targets"],
        summary: "One target",
        params: Type.Object({ id: Type.String() }),
        response: { 200: TargetSchema, ...problems(404, 503) },
      },
    },
    (request) => describe(findPredictor(services, request.params.id).info),
  );
}
