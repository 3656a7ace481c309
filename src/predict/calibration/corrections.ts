import { Matrix, solve } from "ml-matrix";
import type { ClassTimes, WorkClass } from "./class-times.js";

/** One measured network: where a base target's predictor says that its time goes, and how long it took. */
export interface CalibrationRow {
  readonly times: ClassTimes;
  readonly measuredUs: number;
}

/** latency = exp(bias) * sum over classes of time * exp(correction). */
export interface Corrections {
  readonly bias: number;
  /** Classes that are not listed are 0: nothing was measured of them. */
  readonly byClass: ReadonlyMap<WorkClass, number>;
}

/** Strengths of the ridge that a calibration chooses from, the strongest first; Infinity leaves the bias alone. */
export const RIDGES: readonly number[] = [Infinity, 3, 1, 0.3, 0.1, 0.03, 0.01];

const ITERATIONS = 12;
const CONVERGED = 1e-4;
/** Longest step of a correction in one iteration, as a logarithm: the linearisation holds near. */
const MAX_STEP = 0.5;

export interface Fit {
  readonly corrections: Corrections;
  /** log(measured / predicted), each row predicted as if it had not been fitted: PRESS residuals r / (1 - leverage). */
  readonly leftOut: readonly number[];
}

export function calibratedUs(times: ClassTimes, { bias, byClass }: Corrections): number {
  let sum = 0;
  for (const [name, us] of times) sum += us * Math.exp(byClass.get(name) ?? 0);
  return sum * Math.exp(bias);
}

/**
 * Corrections that minimise the sum of squared errors of the logarithm plus `ridge` times the sum of squared corrections;
 * the bias is free. Gauss-Newton: the derivative of log latency by a class's correction is the class's share.
 *
 * @param rows at least one, each with a positive time
 * @param start corrections of the same rows by another ridge, to go on from
 */
export function fitCorrections(rows: readonly CalibrationRow[], ridge: number, start?: Corrections): Fit {
  const classes = ridge === Infinity ? [] : [...new Set(rows.flatMap(({ times }) => [...times.keys()]))];
  let values = classes.map((name) => start?.byClass.get(name) ?? 0);
  const corrections = (): ReadonlyMap<WorkClass, number> => new Map(classes.map((name, k) => [name, values[k] ?? 0]));
  for (let i = 0; i < ITERATIONS && classes.length > 0; i++) {
    const { residuals, shares } = linearised(rows, classes, corrections());
    const { normal, centred } = normalMatrix(shares, ridge);
    const target = centred.transpose().mmul(Matrix.columnVector(residuals)).sub(Matrix.columnVector(values).mul(ridge));
    const step = solve(normal, target).to1DArray();
    const longest = Math.max(...step.map(Math.abs));
    const scale = Math.min(1, MAX_STEP / longest);
    values = values.map((value, k) => value + scale * (step[k] ?? 0));
    if (longest < CONVERGED) break;
  }
  const byClass = corrections();
  const { residuals, shares } = linearised(rows, classes, byClass);
  const bias = meanOf(residuals);
  const leverages = leveragesOf(shares, ridge);
  return {
    corrections: { bias, byClass },
    leftOut: residuals.map((residual, n) => (residual - bias) / Math.max(1e-3, 1 - (leverages[n] ?? 0))),
  };
}

function linearised(rows: readonly CalibrationRow[], classes: readonly WorkClass[], byClass: ReadonlyMap<WorkClass, number>) {
  const residuals: number[] = [];
  const shares: number[][] = [];
  for (const { times, measuredUs } of rows) {
    const total = calibratedUs(times, { bias: 0, byClass });
    residuals.push(Math.log(measuredUs / total));
    shares.push(classes.map((name) => ((times.get(name) ?? 0) * Math.exp(byClass.get(name) ?? 0)) / total));
  }
  return { residuals, shares };
}

/** Columns around their means, which frees the bias of the ridge, and their products with the ridge on the diagonal. */
function normalMatrix(shares: readonly (readonly number[])[], ridge: number): { readonly normal: Matrix; readonly centred: Matrix } {
  const centred = new Matrix(shares.map((row) => [...row])).center("column");
  const normal = centred.transpose().mmul(centred).add(Matrix.eye(centred.columns).mul(ridge));
  return { normal, centred };
}

function leveragesOf(shares: readonly (readonly number[])[], ridge: number): readonly number[] {
  const free = 1 / shares.length;
  if ((shares[0]?.length ?? 0) === 0) return shares.map(() => free);
  const { normal, centred } = normalMatrix(shares, ridge);
  const solved = solve(normal, centred.transpose());
  return shares.map((_, n) => free + centred.getRow(n).reduce((sum, value, k) => sum + value * solved.get(k, n), 0));
}

/** NaN for an empty list. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
