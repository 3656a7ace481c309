/** Bounds on what one request, one client and all of them together may use. */
export interface Limits {
  /** Bytes of one uploaded model. */
  readonly maxUploadBytes: number;
  /** Bytes of a JSON or text body. */
  readonly maxBodyBytes: number;
  /** Requests with a body under way at once, all clients together. */
  readonly maxConcurrent: number;
  /** Requests with a body under way at once from one address. */
  readonly maxConcurrentPerClient: number;
  readonly maxConnections: number;
  /** Time for all headers to arrive. */
  readonly headersTimeoutMs: number;
  /** Time for a whole request to arrive. */
  readonly requestTimeoutMs: number;
  /** Time that a connection may stay silent in the middle of a request. */
  readonly idleTimeoutMs: number;
  /** How often the first two timeouts are checked. */
  readonly timeoutCheckMs: number;
  /** What is still read of a body that has been refused already, before the connection is cut. */
  readonly drainBytes: number;
  readonly drainMs: number;
  readonly snapshotTimeToLiveMs: number;
  readonly maxModels: number;
  readonly maxModelStoreBytes: number;
  /** Calibrated targets kept at once. */
  readonly maxTargets: number;
  /** Measurements that one target is made of. */
  readonly maxMeasurements: number;
}

const MIB = 2 ** 20;

export const DEFAULT_LIMITS: Limits = {
  maxUploadBytes: 1024 * MIB,
  maxBodyBytes: MIB,
  maxConcurrent: 128,
  maxConcurrentPerClient: 64,
  maxConnections: 1_024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 300_000,
  idleTimeoutMs: 30_000,
  timeoutCheckMs: 1_000,
  drainBytes: 64 * MIB,
  drainMs: 5_000,
  snapshotTimeToLiveMs: 600_000,
  maxModels: 2_000,
  maxModelStoreBytes: 512 * MIB,
  maxTargets: 100,
  maxMeasurements: 200,
};

const VARIABLES: Readonly<Record<string, keyof Limits>> = {
  MAX_UPLOAD_BYTES: "maxUploadBytes",
  MAX_BODY_BYTES: "maxBodyBytes",
  MAX_CONCURRENT: "maxConcurrent",
  MAX_CONCURRENT_PER_CLIENT: "maxConcurrentPerClient",
  MAX_CONNECTIONS: "maxConnections",
  REQUEST_TIMEOUT_MS: "requestTimeoutMs",
  SNAPSHOT_TTL_MS: "snapshotTimeToLiveMs",
  MAX_MODELS: "maxModels",
  MAX_MODEL_STORE_BYTES: "maxModelStoreBytes",
  MAX_TARGETS: "maxTargets",
  MAX_MEASUREMENTS: "maxMeasurements",
};

/**
 * Limits out of environment variables.
 *
 * @throws RangeError naming the variable that is not a positive integer
 */
export function limitsFromEnvironment(environment: Readonly<Record<string, string | undefined>>): Partial<Limits> {
  const limits: { -readonly [K in keyof Limits]?: number } = {};
  for (const [variable, limit] of Object.entries(VARIABLES)) {
    const text = environment[variable];
    if (text === undefined || text === "") continue;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${variable} must be a positive integer, not "${text}".`);
    limits[limit] = value;
  }
  return limits;
}
