import { reading, type Reading } from "../formats/reading.js";
import { readSystemFile } from "./files.js";

const SPIN_MS = 50;
const SCHEDSTAT = "/proc/self/schedstat";

/** Time on the core and time waiting for it, of the main thread since it started, ns; null when not of this form. */
export function parseSchedstat(text: string): { runNs: number; delayNs: number } | null {
  const match = /^(\d+) (\d+) \d+\s*$/.exec(text);
  return match === null ? null : { runNs: Number(match[1]), delayNs: Number(match[2]) };
}

function spin(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/**
 * How long a busy thread waits for its core per time it runs: run delay / run time of /proc/self/schedstat around
 * 50 ms of spinning. 0 on a free core, 1 where another task takes every second slice.
 */
export async function probeRunDelay(): Promise<Reading> {
  const before = await readSystemFile(SCHEDSTAT);
  spin(SPIN_MS);
  const after = await readSystemFile(SCHEDSTAT);
  const first = "text" in before ? parseSchedstat(before.text) : null;
  const last = "text" in after ? parseSchedstat(after.text) : null;
  if (first === null || last === null || last.runNs <= first.runNs) {
    const reason = "reason" in before ? before.reason : `${SCHEDSTAT} does not count here`;
    return reading(SCHEDSTAT, [], [["runDelayRatio", reason]]);
  }
  return reading(SCHEDSTAT, [["runDelayRatio", (last.delayNs - first.delayNs) / (last.runNs - first.runNs)]]);
}
