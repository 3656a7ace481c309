/**
 * Where the time of a prediction went, milliseconds. `parse` overlaps `receive`, because the model is read as it
 * arrives; `afterLastByte` is what a client waits for once it has sent everything.
 */
export interface Timings {
  readonly receive: number;
  readonly parse: number;
  readonly build: number;
  readonly embed: number;
  readonly predict: number;
  readonly afterLastByte: number;
  readonly total: number;
}

/** Runs and times synchronous work. */
export function timed<T>(work: () => T): { value: T; milliseconds: number } {
  const start = performance.now();
  const value = work();
  return { value, milliseconds: performance.now() - start };
}
