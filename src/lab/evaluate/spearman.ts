import type { Pair } from "./metrics.js";

/** Spearman's rank correlation of predictions and measurements; ties share the mean of their ranks. NaN below two pairs. */
export function spearman(pairs: readonly Pair[]): number {
  return pearson(
    ranks(pairs.map(({ predicted }) => predicted)),
    ranks(pairs.map(({ measured }) => measured)),
  );
}

function ranks(values: readonly number[]): Float64Array {
  const order = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const result = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to++;
    for (const item of order.slice(from, to)) result[item] = (from + to - 1) / 2;
    from = to;
  }
  return result;
}

function pearson(a: Float64Array, b: Float64Array): number {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, i) => {
    const other = (b[i] ?? 0) - meanB;
    ab += (value - meanA) * other;
    aa += (value - meanA) ** 2;
    bb += other ** 2;
  });
  return ab / Math.sqrt(aa * bb);
}
