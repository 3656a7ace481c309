import type { PythonEngine, WatchReading } from "../engines/python-engine.js";
import { parseCoreTimes, sharesBetween } from "../load/core-clock.js";
import type { CoreReading, CoreWatch } from "../load/state.js";

const NS_PER_MS = 1e6;

/** Watches the cores of whatever device an engine runs on, by the engine's own process; from one read to the next. */
export class EngineWatch implements CoreWatch {
  private previous: WatchReading | null = null;

  constructor(private readonly engine: Pick<PythonEngine, "watch">) {}

  async read(): Promise<CoreReading> {
    const { previous } = this;
    const now = await this.engine.watch();
    this.previous = now;
    if (previous === null) return { shares: null, own: null };
    const own = (now.cpuNs - previous.cpuNs) / (now.atNs - previous.atNs);
    if (previous.stat === null || now.stat === null) return { shares: null, own };
    const sample = (reading: WatchReading, stat: string) => ({ atMs: reading.atNs / NS_PER_MS, cores: parseCoreTimes(stat) });
    return { shares: sharesBetween(sample(previous, previous.stat), sample(now, now.stat)), own };
  }
}
