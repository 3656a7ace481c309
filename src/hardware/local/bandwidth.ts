const ARRAY_BYTES = 64 * 2 ** 20;
const ROUNDS = 3;
/** A cache line: the array moves onto itself by this much, so each pass reads and writes all of it in place. */
const SHIFT = 64 / Float32Array.BYTES_PER_ELEMENT;

/**
 * Sequential read/write bandwidth of one thread, GB/s of CPU time: a 64 MiB array moved in place by one cache line, each
 * byte counted once as read and once as written; the median of three passes after one that faults the pages in. The
 * same traffic as the probe that training data are recorded with (an elementwise operation in place), done by the
 * runtime's own block move, because a loop in JavaScript is slower than the memory. CPU time, because waiting for the
 * core is not the memory's doing.
 */
export function probeBandwidthGBs(): number {
  const array = new Float32Array(ARRAY_BYTES / Float32Array.BYTES_PER_ELEMENT).fill(1);
  array.copyWithin(0, SHIFT);
  const passes = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    array.copyWithin(0, SHIFT);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  }).sort((a, b) => a - b);
  const microseconds = passes[Math.floor(ROUNDS / 2)] ?? 0;
  return (2 * ARRAY_BYTES) / (Math.max(1, microseconds) * 1000);
}
