import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { ModelStore } from "../../store/models.js";
import type { Timings } from "../timings.js";
import type { App } from "../types.js";

declare module "fastify" {
  interface FastifyRequest {
    /** When the request's headers had arrived, on performance.now()'s clock. */
    arrivedAtMs: number;
  }
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What the service counts, for Prometheus. */
export class ServiceMetrics {
  readonly registry = new Registry();

  readonly #requests = new Histogram({
    name: "tempograph_http_request_duration_seconds",
    help: "Time from a request's headers to the end of its answer.",
    labelNames: ["method", "route", "status"] as const,
    buckets: SECONDS,
    registers: [this.registry],
  });

  readonly #phases = new Histogram({
    name: "tempograph_prediction_phase_seconds",
    help: "Time of each phase of a prediction.",
    labelNames: ["phase"] as const,
    buckets: SECONDS,
    registers: [this.registry],
  });

  readonly #predictions = new Counter({
    name: "tempograph_predictions_total",
    help: "Predictions answered, by target.",
    labelNames: ["target"] as const,
    registers: [this.registry],
  });

  readonly inFlight = new Gauge({
    name: "tempograph_http_requests_in_flight",
    help: "Requests that have not been answered yet.",
    registers: [this.registry],
  });

  constructor(models: ModelStore) {
    const add = (name: string, help: string, value: () => number) =>
      new Gauge({ name, help, registers: [this.registry], collect() { this.set(value()); } });
    add("tempograph_stored_models", "Models kept in memory.", () => models.usage.models);
    add("tempograph_stored_model_bytes", "Estimated memory of the models kept.", () => models.usage.bytes);
  }

  request(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status: String(status) }, seconds);
  }

  prediction(targets: readonly string[], timings: Timings): void {
    for (const target of targets) this.#predictions.inc({ target });
    for (const [phase, milliseconds] of Object.entries(timings)) this.#phases.observe({ phase }, Number(milliseconds) / 1e3);
  }
}

/** Counts every request under its route's pattern; addresses that have no route share one label. */
export function useMetrics(app: App, metrics: ServiceMetrics, options: { readonly ofProcess: boolean }): void {
  if (options.ofProcess) collectDefaultMetrics({ register: metrics.registry, prefix: "tempograph_" });
  app.decorateRequest("arrivedAtMs", 0);
  app.addHook("onRequest", async (request, reply) => {
    request.arrivedAtMs = performance.now();
    metrics.inFlight.inc();
    reply.raw.once("close", () => {
      metrics.inFlight.dec();
      const seconds = (performance.now() - request.arrivedAtMs) / 1e3;
      metrics.request(request.method, request.routeOptions.url ?? "none", reply.statusCode, seconds);
    });
    return Promise.resolve();
  });
}
