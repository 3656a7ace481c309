import { quantile } from "./statistics.js";

/** Of many single operators, some do next to nothing. */
const NEXT_TO_NOTHING = 0.01;

/**
 * Microseconds that a run costs beside its kernels: the call, threads that are woken, inputs that are handed over. The
 * shortest of many single operators take hardly more; 0 without any.
 *
 * @param singles latencies in µs of models of one kernel
 */
export function callOverheadUs(singles: readonly number[]): number {
  return singles.length === 0 ? 0 : quantile(singles, NEXT_TO_NOTHING);
}
