export interface ScheduleOptions {
  /** The highest learning rate. */
  readonly peak: number;
  readonly totalSteps: number;
  /** Steps over which the rate rises linearly to its peak. */
  readonly warmupSteps: number;
  /** Share of the peak that is left at the end. */
  readonly finalShare: number;
}

/**
 * Learning rate of step 0 .. totalSteps - 1: a linear warm-up, then half a cosine from the peak down to its final share
 * (Loshchilov and Hutter, "SGDR", ICLR 2017, without restarts).
 */
export function cosineWithWarmup(step: number, { peak, totalSteps, warmupSteps, finalShare }: ScheduleOptions): number {
  if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - 1 - warmupSteps));
  return peak * (finalShare + (1 - finalShare) * 0.5 * (1 + Math.cos(Math.PI * progress)));
}
