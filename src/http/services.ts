import type { CalibratedTargets } from "../predict/calibration/index.js";
import type { ModelStore } from "../store/models.js";
import type { SnapshotStore } from "../store/snapshots.js";
import type { Limits } from "./limits.js";
import type { ServiceMetrics } from "./plugins/metrics.js";

/** What the routes work with. */
export interface Services {
  readonly registry: CalibratedTargets;
  readonly models: ModelStore;
  readonly snapshots: SnapshotStore;
  readonly limits: Limits;
  readonly metrics: ServiceMetrics;
}
