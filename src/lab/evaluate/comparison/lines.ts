import { solveNonNegative } from "../../../conv/nnls.js";
import type { ModelFeatures } from "../../../features/model-features.js";
import type { Pair } from "../metrics.js";

type Row = { readonly features: ModelFeatures; readonly latencyUs: number };

/** 1, FLOPs of a model, bytes that its nodes read and write. */
function terms({ graph: { totals } }: ModelFeatures): readonly number[] {
  return [1, totals.flops, totals.bytesRead + totals.bytesWritten];
}

/** Latency = a + b FLOPs, no term below 0, relative errors least in their squares. */
export const flopsLine = (training: readonly Row[], test: readonly Row[]): Pair[] => line(training, test, 2);

/** Latency = a + b FLOPs + c bytes: what NeuralPower and PALEO make of a layer, of a whole model. */
export const flopsAndBytes = (training: readonly Row[], test: readonly Row[]): Pair[] => line(training, test, 3);

/** Coefficients of terms, none below 0, for which the squares of relative errors are least. */
export function relativeCoefficients(rows: readonly { readonly terms: readonly number[]; readonly latencyUs: number }[]): number[] {
  return solveNonNegative(
    rows.map(({ terms: own, latencyUs }) => own.map((term) => term / latencyUs)),
    rows.map(() => 1),
  );
}

function line(training: readonly Row[], test: readonly Row[], count: number): Pair[] {
  const coefficients = relativeCoefficients(training.map(({ features, latencyUs }) => ({ terms: terms(features).slice(0, count), latencyUs })));
  return test.map(({ features, latencyUs }) => ({
    predicted: coefficients.reduce((sum, coefficient, i) => sum + coefficient * (terms(features)[i] ?? 0), 0),
    measured: latencyUs,
  }));
}
