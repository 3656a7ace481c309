import type { IdleRow } from "./row.js";
import { quantile } from "./statistics.js";

/** Of a kernel's profiled time at least this share is its own. */
const LEAST_SHARE = 0.1;

/**
 * Microseconds that the engine's profiler adds to each kernel: by how much profiles are longer than an unprofiled run of
 * the same model in the same row, for each kernel; the median over all profiled rows, 0 without any. A network of two
 * hundred small kernels looks a tenth slower than it is, one of a few large ones does not.
 */
export function profilerOverheadUs(rows: readonly Pick<IdleRow, "runsUs" | "kernels">[]): number {
  const overheads = rows.flatMap(({ runsUs, kernels = [] }) => {
    if (kernels.length === 0) return [];
    const profiled = kernels.reduce((sum, { meanUs }) => sum + meanUs, 0);
    return [(profiled - quantile(runsUs, 0.5)) / kernels.length];
  });
  return overheads.length === 0 ? 0 : Math.max(0, quantile(overheads, 0.5));
}

/** Profiled microseconds of each kernel (0: not seen) without the profiler's own share. */
export function withoutOverhead(us: Float32Array, overheadUs: number): Float32Array {
  return us.map((time) => Math.max(time - overheadUs, LEAST_SHARE * time));
}
