/** Median of a list that is not empty. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

/** `median (min .. max)` with the unit. */
export function spread(values: readonly number[], unit: string): string {
  const text = (value: number): string => value.toFixed(2);
  return `${text(median(values))} ${unit} (${text(Math.min(...values))} .. ${text(Math.max(...values))})`;
}

/** Wall time of a call in milliseconds. */
export async function timeMs(call: () => unknown): Promise<number> {
  const start = performance.now();
  await call();
  return performance.now() - start;
}

/** Processor time of a call in milliseconds, collector included: other work on the machine does not count. */
export function processorMs(call: () => unknown): number {
  return processorTimed(call).ms;
}

/** As {@link processorMs}, with what the call returns. */
export function processorTimed<Result>(call: () => Result): { readonly result: Result; readonly ms: number } {
  const start = process.cpuUsage();
  const result = call();
  const { user, system } = process.cpuUsage(start);
  return { result, ms: (user + system) / 1000 };
}

/** As {@link processorTimed}, in wall time. */
export function wallTimed<Result>(call: () => Result): { readonly result: Result; readonly ms: number } {
  const start = performance.now();
  const result = call();
  return { result, ms: performance.now() - start };
}
