import { solveNonNegative } from "../../conv/nnls.js";
import type { FactorSchema } from "../../features/factor-features.js";
import { KERNEL_CLASSES } from "../../features/kernel-class.js";
import type { KernelCosts } from "../../model/kernel-costs.js";
import type { SweepExample } from "./examples.js";

/** Terms that fewer models have are of no class of their own. */
const LEAST_MODELS = 5;
/** What all classes have in common is a prior for each, which counts as this many of the term's models. */
const PRIOR_MODELS = 1;
/** Errors over this, as a logarithm, count linearly: what a model of several kernels costs beside them is not all in the terms. */
const CORNER = 0.2;
const ITERATIONS = 6;
/** A model that is predicted at less of its latency than this weighs no more for it. */
const LEAST_RATIO = 0.02;
/** What a sweep tells of a term that is tiny wherever it occurs is what that goes along with, and not to be multiplied by a large one. */
const MOST = 40;

/**
 * Fits costs to whole models of a sweep: each latency is a non-negative sum of its kernels' terms and one constant of a run. Huber's loss
 * of log errors, nearly: relative errors would draw every cost down, since too much is off by any factor and too little by 1 at
 * most. Iteratively reweighted least squares.
 *
 * @throws RangeError without models
 */
export function fitKernelCosts(sweep: readonly SweepExample[], schema: Pick<FactorSchema, "roughTerms">): KernelCosts {
  if (sweep.length === 0) throw new RangeError("There is no sweep to read costs off.");
  const rows = sweep.map((example) => termsOf(example, schema));
  const runs = sweep.map(({ latencyUs }) => 1 / latencyUs);
  const width = rows[0]?.length ?? 0;
  const [others = 1] = solveNonNegative(
    rows.map((row, i) => [row.reduce((sum, share) => sum + share, 0), runs[i] ?? 0]),
    rows.map(() => 1),
  );
  const columns = Array.from({ length: width }, (_, column) => column).filter((column) => rows.filter((row) => (row[column] ?? 0) > 0).length >= LEAST_MODELS);
  const design = rows.map((row, i) => [...columns.map((column) => row[column] ?? 0), runs[i] ?? 0]);
  const priors = columns.map((_, place) => priorOf(design, place));
  const priorRows = priors.map((prior, place) => design[0]?.map((_, column) => (column === place ? prior : 0)) ?? []);
  let costs: readonly number[] | null = null;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const known = costs;
    const weights = design.map((row) => (known === null ? 1 : Math.sqrt(weightOf(product(row, known)))));
    costs = solveNonNegative(
      [...design.map((row, i) => row.map((share) => share * (weights[i] ?? 0))), ...priorRows],
      [...weights, ...priors.map((prior) => prior * others)],
    );
  }
  const perClass = width / KERNEL_CLASSES.length;
  const costOf = new Map(columns.map((column, place) => [column, Math.min(MOST, costs?.[place] ?? others)]));
  const measured = KERNEL_CLASSES.flatMap((kernelClass, index) => {
    const own = Array.from({ length: perClass }, (_, term) => index * perClass + term);
    return own.some((column) => costOf.has(column)) ? [[kernelClass, own.map((column) => costOf.get(column) ?? others)] as const] : [];
  });
  return { byClass: Object.fromEntries(measured), others };
}

/** Of a model's latency, what each term of each class says: [classes x terms]. */
function termsOf({ features, latencyUs }: SweepExample, { roughTerms }: Pick<FactorSchema, "roughTerms">): number[] {
  const kernels = features.facts.filter(({ known }) => known).map((facts) => ({ kernelClass: facts.kernelClass, terms: roughTerms(facts) }));
  const width = kernels[0]?.terms.length ?? 0;
  const row = new Array<number>(KERNEL_CLASSES.length * width).fill(0);
  for (const { kernelClass, terms } of kernels) {
    const at = KERNEL_CLASSES.indexOf(kernelClass) * width;
    terms.forEach((term, i) => (row[at + i] = (row[at + i] ?? 0) + term / latencyUs));
  }
  return row;
}

/** The prior's row: as long as a typical one of the models that have the term. */
function priorOf(design: readonly (readonly number[])[], place: number): number {
  const shares = design.map((row) => row[place] ?? 0).filter((share) => share > 0);
  return Math.sqrt((PRIOR_MODELS * shares.reduce((sum, share) => sum + share ** 2, 0)) / Math.max(1, shares.length));
}

/** Of a squared relative error, by predicted over measured: together Huber's loss of the logarithm, to first order. */
function weightOf(ratio: number): number {
  const error = Math.abs(Math.log(Math.max(ratio, LEAST_RATIO ** 2)));
  return Math.min(1, CORNER / Math.max(error, 1e-9)) / Math.max(ratio, LEAST_RATIO);
}

function product(row: readonly number[], costs: readonly number[]): number {
  return row.reduce((sum, share, i) => sum + share * (costs[i] ?? 0), 0);
}
