import type { HardwareState } from "./state.js";

type StateFeature = readonly [name: string, read: (state: HardwareState) => number | undefined];

function ratePerMs(state: HardwareState, counter: "l1dAccess" | "l2dAccess" | "l3dAccess" | "instructions" | "cpuCycles"): number | undefined {
  const count = state.counters?.[counter];
  const interval = state.counters?.intervalMs;
  return count === undefined || interval === undefined || interval <= 0 ? undefined : Math.log1p(count / interval);
}

/** The state's numbers, by name; undefined where the state does not tell. Counters become log rates per ms. */
const FEATURES: readonly StateFeature[] = [
  ["frequencyMHz", ({ frequencyMHz }) => frequencyMHz],
  ["utilization", ({ utilization }) => utilization],
  ["bandwidthGBs", ({ bandwidthGBs }) => bandwidthGBs],
  ["runDelayRatio", ({ runDelayRatio }) => runDelayRatio],
  ["counters.l1dAccess", (state) => ratePerMs(state, "l1dAccess")],
  ["counters.l2dAccess", (state) => ratePerMs(state, "l2dAccess")],
  ["counters.l3dAccess", (state) => ratePerMs(state, "l3dAccess")],
  ["counters.instructions", (state) => ratePerMs(state, "instructions")],
  ["counters.cpuCycles", (state) => ratePerMs(state, "cpuCycles")],
  [
    "counters.cpuClockMs",
    ({ counters }) =>
      counters?.cpuClockMs === undefined || !(counters.intervalMs !== undefined && counters.intervalMs > 0)
        ? undefined
        : counters.cpuClockMs / counters.intervalMs,
  ],
];

export const STATE_FEATURE_NAMES: readonly string[] = FEATURES.map(([name]) => name);

export interface StateVector {
  /** One number per STATE_FEATURE_NAMES, 0 where missing. */
  readonly values: Float32Array;
  /** 1 where the state tells the value, 0 where it is missing. */
  readonly mask: Float32Array;
}

/** The hardware-state vector h with its mask of what is missing. */
export function stateVector(state: HardwareState): StateVector {
  const read = FEATURES.map(([, value]) => value(state));
  return {
    values: Float32Array.from(read, (value) => value ?? 0),
    mask: Float32Array.from(read, (value) => (value === undefined ? 0 : 1)),
  };
}
