import type { HardwareState } from "../features/state.js";

/**
 * What a lower clock does to a latency that was measured at the highest: between nothing (all time is memory's) and the
 * inverse law (all time is the core's). The measurement study found the inverse law for networks of convolutions, so it
 * is what is answered, and the interval reaches down to no effect at all.
 */
export interface FrequencyEffect {
  /** On the latency, at least 1. */
  readonly factor: number;
  /** True where the state's frequency was used. */
  readonly used: boolean;
}

const NONE: FrequencyEffect = { factor: 1, used: false };

/** @param maxMHz null where the cores have no clock that is known, or clocks of several clusters */
export function frequencyEffect({ frequencyMHz }: HardwareState, maxMHz: number | null): FrequencyEffect {
  if (frequencyMHz === undefined || maxMHz === null || !(frequencyMHz > 0)) return NONE;
  // Above the highest clock there is nothing to speak of: readings round.
  return { factor: Math.max(1, maxMHz / frequencyMHz), used: true };
}
