import { Type } from "typebox";
import { problems } from "../schemas/problem.js";
import type { Services } from "../services.js";
import type { App } from "../types.js";

/** Counters in Prometheus' text format. */
export function metricsRoutes(app: App, { metrics }: Services): void {
  app.get(
    "/metrics",
    {
      schema: {
        operationId: "metrics",
        tags: ["health"],
        summary: "Counters for Prometheus",
        response: { 200: { description: "Text format 0.0.4.", content: { "text/plain": { schema: Type.String() } } }, ...problems() },
      },
    },
    async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}
