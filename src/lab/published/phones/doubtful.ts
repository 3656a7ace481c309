import { Matrix, SVD } from "ml-matrix";
import { configurationId } from "./configurations.js";
import type { PhoneRow } from "./table.js";

/** A measurement that neither its network's others nor its configuration's others would let one expect. */
export interface DoubtfulCell {
  readonly model: string;
  readonly configuration: string;
  readonly latencyUs: number;
  /** Measured over expected. */
  readonly factor: number;
}

/** Directions in which networks differ between configurations of one runtime. */
const RANK = 4;
/** At each rank from 1 up, so that a cell that is far off is left out before a direction is left to follow it. */
const ITERATIONS = 10;
/** A residual beyond this is left out of the fit where few others of its row and column are. */
const OUTLYING = 0.25;
/** More than this share of a row or column is no accident but what that network or configuration is like. */
const ISOLATED = 0.25;
/** Off by this factor is doubtful. */
const DOUBTFUL = 1.35;

/**
 * Cells far from a robust low-rank fit of log latency, networks x configurations, by engine and precision. They are listed,
 * not dropped: they train with a robust loss and count in every figure.
 */
export function doubtfulCells(rows: readonly PhoneRow[]): readonly DoubtfulCell[] {
  const found: DoubtfulCell[] = [];
  for (const runtime of new Set(rows.map(({ engine, precision }) => `${engine}/${precision}`))) {
    const own = rows.filter(({ engine, precision }) => `${engine}/${precision}` === runtime);
    const models = [...new Set(own.map(({ model }) => model))];
    const configurations = [...new Set(own.map(configurationId))];
    const cells = new Map(own.map((row) => [`${row.model} ${configurationId(row)}`, row.latencyUs]));
    const complete = configurations.filter((id) => models.every((model) => cells.has(`${model} ${id}`)));
    if (models.length <= RANK || complete.length <= RANK) continue;
    const logs = new Matrix(models.map((model) => complete.map((id) => Math.log(cells.get(`${model} ${id}`) ?? NaN))));
    const residuals = robustResiduals(logs);
    models.forEach((model, i) => {
      complete.forEach((configuration, j) => {
        const residual = residuals.get(i, j);
        if (Math.abs(residual) <= Math.log(DOUBTFUL)) return;
        found.push({ model, configuration, latencyUs: cells.get(`${model} ${configuration}`) ?? NaN, factor: Math.exp(residual) });
      });
    });
  }
  return found.sort((a, b) => Math.abs(Math.log(b.factor)) - Math.abs(Math.log(a.factor)));
}

/** Residuals of a low-rank fit to all values but isolated outliers, which are replaced by the fit again and again. */
function robustResiduals(values: Matrix): Matrix {
  let replaced = values.clone();
  let residuals = Matrix.zeros(values.rows, values.columns);
  for (let step = 0; step < ITERATIONS * RANK; step++) {
    const fit = lowRank(replaced, 1 + Math.floor(step / ITERATIONS));
    residuals = Matrix.sub(values, fit);
    const outlying = Matrix.abs(residuals).apply(function (i, j) {
      this.set(i, j, this.get(i, j) > OUTLYING ? 1 : 0);
    });
    const byRow = outlying.sum("row").map((count) => count / values.columns);
    const byColumn = outlying.sum("column").map((count) => count / values.rows);
    replaced = values.clone().apply(function (i, j) {
      const isolated = (byRow[i] ?? 1) <= ISOLATED && (byColumn[j] ?? 1) <= ISOLATED;
      if (outlying.get(i, j) === 1 && isolated) this.set(i, j, fit.get(i, j));
    });
  }
  return residuals;
}

function lowRank(values: Matrix, rank: number): Matrix {
  const means = values.mean("column");
  const centred = values.clone().subRowVector(means);
  const { leftSingularVectors, rightSingularVectors, diagonal } = new SVD(centred, { autoTranspose: true });
  const left = leftSingularVectors.subMatrix(0, values.rows - 1, 0, rank - 1);
  const right = rightSingularVectors.subMatrix(0, values.columns - 1, 0, rank - 1);
  return left.mulRowVector(diagonal.slice(0, rank)).mmul(right.transpose()).addRowVector(means);
}
