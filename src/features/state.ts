/** Cumulative hardware counters read over one interval; every field optional because machines differ. */
export interface HardwareCounters {
  readonly l1dAccess?: number;
  readonly l2dAccess?: number;
  readonly l3dAccess?: number;
  readonly instructions?: number;
  readonly cpuCycles?: number;
  readonly cpuClockMs?: number;
  /** Length of the interval over which the counters ran. */
  readonly intervalMs?: number;
}

/**
 * State of a device just before an inference. Every field is optional: what a machine cannot tell is left out, never
 * invented.
 */
export interface HardwareState {
  readonly frequencyMHz?: number;
  /** Busy share of the cores that the model will run on, by everything but the model, 0..1, over at least a second. */
  readonly utilization?: number;
  /** Sequential read/write bandwidth that a probe on those cores still gets, GB/s. */
  readonly bandwidthGBs?: number;
  /** Time a short probe waited for its core per time it ran: run delay / CPU time, 0 on a free core. */
  readonly runDelayRatio?: number;
  readonly counters?: HardwareCounters;
}
