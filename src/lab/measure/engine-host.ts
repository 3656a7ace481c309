import type { Engine } from "../engines/engine.js";
import { ProcessLost } from "../engines/line-process.js";
import { CoreMonitor } from "../load/state.js";

/** An engine and the watch over its core, replaced where a model took the process down with it. */
export class EngineHost {
  private current: { readonly engine: Engine; readonly monitor: CoreMonitor } | null = null;

  constructor(private readonly start: () => Promise<Engine>) {}

  /** The running engine, started where there is none. */
  async get(): Promise<{ readonly engine: Engine; readonly monitor: CoreMonitor }> {
    if (this.current === null) {
      const engine = await this.start();
      this.current = { engine, monitor: new CoreMonitor(engine.description.pid) };
    }
    return this.current;
  }

  /** To be called with whatever a measurement threw; the next get() starts anew where the process is gone. */
  async recover(error: unknown): Promise<void> {
    if (error instanceof ProcessLost) await this.close();
  }

  async close(): Promise<void> {
    const { current } = this;
    this.current = null;
    await current?.engine.close();
  }
}
