import Fastify from "fastify";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { CalibratedTargets } from "../predict/calibration/index.js";
import type { TargetRegistry } from "../predict/types.js";
import { MemoryModelStore } from "../store/models.js";
import { MemorySnapshotStore } from "../store/snapshots.js";
import { DEFAULT_LIMITS, type Limits } from "./limits.js";
import { useBodies } from "./plugins/bodies.js";
import { useConcurrencyLimit } from "./plugins/concurrency.js";
import { useDocs } from "./plugins/docs.js";
import { useDrain } from "./plugins/drain.js";
import { answerBrokenConnection, sendFrameworkError, useErrors } from "./plugins/errors.js";
import { ServiceMetrics, useMetrics } from "./plugins/metrics.js";
import { hardwareSnapshotRoutes } from "./routes/hardware-snapshot.js";
import { healthRoutes } from "./routes/health.js";
import { metricsRoutes } from "./routes/metrics.js";
import { modelRoutes } from "./routes/models.js";
import { predictRoutes } from "./routes/predict.js";
import { rootRoutes } from "./routes/root.js";
import { targetRoutes } from "./routes/targets.js";
import type { Services } from "./services.js";
import type { App } from "./types.js";
import { validatorCompiler } from "./validation.js";

export interface AppOptions {
  /** The targets that ship. */
  readonly registry: TargetRegistry;
  /** Folder of calibrated targets: those that it holds are served, new ones are kept in it. Default: in memory alone. */
  readonly targetsFolder?: string;
  readonly limits?: Partial<Limits>;
  /** Default "0.0.0". */
  readonly version?: string;
  /** Level of the log on standard output. Default: no log. */
  readonly logLevel?: string;
  /** Whether /metrics tells about the process, too. Default: false. */
  readonly processMetrics?: boolean;
  readonly models?: Services["models"];
  readonly snapshots?: Services["snapshots"];
}

/** The shipped targets and the calibrated ones of the folder. Throws TargetFileError where one of its files cannot be used. */
export async function openTargets({ registry, limits, targetsFolder: folder }: AppOptions): Promise<CalibratedTargets> {
  if (registry instanceof CalibratedTargets) return registry;
  const { maxTargets } = { ...DEFAULT_LIMITS, ...limits };
  return CalibratedTargets.open(registry, { maxTargets, ...(folder === undefined ? {} : { folder }) });
}

/**
 * The service, ready to listen or to be asked in process. It only puts the pieces together.
 *
 * @throws TargetFileError where a file in the folder of targets cannot be used.
 */
export async function buildApp(options: AppOptions): Promise<App> {
  const { version = "0.0.0", logLevel, processMetrics = false } = options;
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  const models =
    options.models ?? new MemoryModelStore({ maxModels: limits.maxModels, maxBytes: limits.maxModelStoreBytes });
  const snapshots = options.snapshots ?? new MemorySnapshotStore({ timeToLiveMs: limits.snapshotTimeToLiveMs });
  const registry = await openTargets(options);
  const services: Services = { registry, models, snapshots, limits, metrics: new ServiceMetrics(models) };

  const app: App = Fastify({
    logger: logLevel === undefined ? false : { level: logLevel },
    bodyLimit: limits.maxBodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    connectionTimeout: limits.idleTimeoutMs,
    http: { headersTimeout: limits.headersTimeoutMs, connectionsCheckingInterval: limits.timeoutCheckMs },
    clientErrorHandler: answerBrokenConnection,
    frameworkErrors: sendFrameworkError,
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.server.maxConnections = limits.maxConnections;
  app.setValidatorCompiler(validatorCompiler);

  useErrors(app);
  useMetrics(app, services.metrics, { ofProcess: processMetrics });
  useDrain(app, limits);
  useConcurrencyLimit(app, limits);
  await useBodies(app, limits);
  await useDocs(app, version);

  rootRoutes(app);
  predictRoutes(app, services);
  modelRoutes(app, services);
  hardwareSnapshotRoutes(app, services);
  targetRoutes(app, services);
  healthRoutes(app, services);
  metricsRoutes(app, services);
  return app;
}
