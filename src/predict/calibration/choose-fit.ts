import { calibratedUs, type CalibrationRow, type Corrections, fitCorrections, meanOf, RIDGES } from "./corrections.js";

/** A measured network as several base targets see it. */
export interface Measured {
  /** Measurements of one network stay together when it is left out. */
  readonly network: string;
  /** One row for each base, in the same order for every network. */
  readonly rows: readonly CalibrationRow[];
}

export interface Chosen {
  /** Index of the base. */
  readonly base: number;
  readonly ridge: number;
  readonly corrections: Corrections;
}

/** Up to so many networks each is left out alone; of more, a tenth at a time. */
const MOST_ALONE = 30;
const FOLDS = 10;
/** Of a standard error; see the new device in docs/accuracy.md. */
const TOLERANCE = 0.5;

/**
 * The base whose errors on left-out rows are the smallest, in their mean square, and the strongest ridge whose errors are
 * that small up to half a standard error (after Breiman et al. 1984): few networks do not tell ridges apart.
 */
export function chooseFit(measured: readonly Measured[]): Chosen {
  const tried = (measured[0]?.rows ?? []).map((_, base) => {
    const rows = measured.flatMap((each) => each.rows[base] ?? []);
    let start: Corrections | undefined;
    const fits = RIDGES.map((ridge) => {
      const { corrections, leftOut } = fitCorrections(rows, ridge, start);
      start = corrections;
      const squares = leftOut.map((residual) => residual * residual);
      return { base, ridge, corrections, squares, score: meanOf(squares) };
    });
    return { fits, best: fits.reduce((a, b) => (b.score < a.score ? b : a)) };
  });
  if (tried.length === 0) throw new RangeError("nothing was measured");
  const { fits, best } = tried.reduce((a, b) => (b.best.score < a.best.score ? b : a));
  const bound = best.score + TOLERANCE * standardError(best.squares);
  const { base, ridge, corrections } = fits.find(({ score }) => score <= bound) ?? best;
  return { base, ridge, corrections };
}

function standardError(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)) / Math.max(1, values.length - 1));
}

/** A measurement beside its prediction by a fit, choice of base and ridge included, that did not see its network. */
export interface LeftOut {
  readonly predicted: number;
  readonly measured: number;
}

/** Cross-validation by network: leave-one-out, or in ten parts where there are many. Microseconds. */
export function crossValidate(measured: readonly Measured[]): LeftOut[] {
  const networks = [...new Set(measured.map(({ network }) => network))];
  const parts = networks.length <= MOST_ALONE ? networks.length : FOLDS;
  const partOf = new Map(networks.map((network, i) => [network, i % parts]));
  return Array.from({ length: parts }, (_, part) => {
    const others = measured.filter(({ network }) => partOf.get(network) !== part);
    const { base, corrections } = chooseFit(others);
    return measured
      .filter(({ network }) => partOf.get(network) === part)
      .flatMap(({ rows }) => rows[base] ?? [])
      .map(({ times, measuredUs }) => ({ predicted: calibratedUs(times, corrections), measured: measuredUs }));
  }).flat();
}
