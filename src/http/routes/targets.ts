import { Type, type Static } from "typebox";
import type { TargetInfo, TargetPredictor } from "../../predict/types.js";
import { calibrateTarget, isTargetName } from "../../predict/calibration/index.js";
import { findModel, findPredictor } from "../predicting.js";
import { ProblemError } from "../problems.js";
import { problems } from "../schemas/problem.js";
import { NewTargetSchema, TargetSchema, TargetsSchema } from "../schemas/target.js";
import type { Services } from "../services.js";
import type { App } from "../types.js";
import { checker } from "../validation.js";

type NewTarget = Static<typeof NewTargetSchema>;

function describe(info: TargetInfo): Static<typeof TargetSchema> {
  const { calibration, metrics, memory, ...rest } = info;
  return {
    ...rest,
    metrics: metrics.map((each) => ({ ...each })),
    ...(memory === undefined ? {} : { memory: { ...memory, metrics: memory.metrics.map((each) => ({ ...each })) } }),
    ...(calibration === undefined ? {} : { calibration: { ...calibration, factorByClass: { ...calibration.factorByClass } } }),
  };
}

const checkForm = checker(NewTargetSchema, "body");

/** What deserves a type of its own is looked for before the body's form: a name, and latencies that are no times. */
function checkNewTarget(body: unknown): NewTarget {
  if (typeof body === "object" && body !== null) {
    if ("target" in body && typeof body.target === "string" && !isTargetName(body.target)) {
      throw new ProblemError("invalid-target-name", `"${body.target.slice(0, 120)}" is not of the form device.engine.precision.cores.`, { field: "target" });
    }
    const rows: readonly unknown[] = "measurements" in body && Array.isArray(body.measurements) ? body.measurements : [];
    const wrong = rows.findIndex((row) => typeof row === "object" && row !== null && "latencyMs" in row && !isLatency(row.latencyMs));
    if (wrong >= 0) {
      throw new ProblemError("invalid-latency", "A latency must be a positive number of milliseconds.", { field: `measurements.${wrong}.latencyMs` });
    }
  }
  return checkForm(body);
}

function isLatency(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

/** The target that the measurements make. Throws ProblemError, CalibrationError, TargetRefused. */
async function createTarget(services: Services, { target, base, machine, measurements }: NewTarget): Promise<TargetInfo> {
  const { registry, models, limits } = services;
  registry.check(target);
  if (measurements.length > limits.maxMeasurements) {
    throw new ProblemError("invalid-request", `A target is made of at most ${limits.maxMeasurements} measurements.`, { field: "measurements" });
  }
  const prepared = await Promise.all(
    measurements.map(async ({ modelId, latencyMs, state }, i) => {
      const model = await findModel(services, modelId, `measurements.${i}.modelId`);
      return {
        network: modelId,
        latencyMs,
        embed: (predictor: TargetPredictor) => models.embed(model, predictor),
        ...(state === undefined ? {} : { state }),
      };
    }),
  );
  const options = { ...(base === undefined ? {} : { base }), ...(machine === undefined ? {} : { machine }) };
  return (await registry.add(calibrateTarget(registry, { target, measurements: prepared, ...options }))).info;
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

  app.post(
    "/targets",
    {
      config: { bodies: { "application/json": NewTargetSchema } },
      schema: {
        operationId: "createTarget",
        tags: ["targets"],
        summary: "Add a device from a few measured networks",
        description:
          "A base target's kernels are scaled by class so that the measurements fit. `metrics` of the answer tell the error " +
          "on networks that the fit had not seen (cross-validated). States take effect as on the base's machine.",
        response: { 201: TargetSchema, ...problems(400, 404, 408, 409, 413, 415, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      if (request.mediaType !== "application/json") throw new ProblemError("unsupported-media-type", "Send application/json.");
      const info = await createTarget(services, checkNewTarget(request.body));
      void reply.header("location", `/targets/${info.target}`);
      return reply.code(201).send(describe(info));
    },
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
