/** Ranks from 0, ties sharing their mean rank. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const result = values.map(() => 0);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && order[end]?.value === order[start]?.value) end += 1;
    for (const { index } of order.slice(start, end)) result[index] = (start + end - 1) / 2;
    start = end;
  }
  return result;
}

/** Spearman's rank correlation, -1..1; NaN where one of the two never varies. Throws RangeError for lists of two lengths. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} against ${b.length} values`);
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (a.length - 1) / 2;
  const product = (u: readonly number[], v: readonly number[]): number => u.reduce((sum, value, i) => sum + (value - middle) * ((v[i] ?? 0) - middle), 0);
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}
