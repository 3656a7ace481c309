/** A prediction beside its measurement, in the same unit. */
export interface Pair {
  readonly predicted: number;
  readonly measured: number;
}

export interface Accuracy {
  /** Share of predictions within 5 % and 10 % of the measurement, in percent. */
  readonly within5Percent: number;
  readonly within10Percent: number;
  /** Mean absolute and root mean squared error relative to the measurement, in percent. */
  readonly mapePercent: number;
  readonly rmspePercent: number;
  readonly rows: number;
}

/** Accuracy over pairs; NaN in all shares where there are none. */
export function accuracyOf(pairs: readonly Pair[]): Accuracy {
  const errors = pairs.map(({ predicted, measured }) => Math.abs(predicted / measured - 1));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  // Without the division, whose rounding would put 105 more than 5 % above 100.
  const within = (share: number): number =>
    100 * mean(pairs.map(({ predicted, measured }) => (Math.abs(predicted - measured) <= share * measured ? 1 : 0)));
  return {
    within5Percent: within(0.05),
    within10Percent: within(0.1),
    mapePercent: 100 * mean(errors),
    rmspePercent: 100 * Math.sqrt(mean(errors.map((error) => error * error))),
    rows: pairs.length,
  };
}
