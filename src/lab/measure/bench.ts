import type { FailedRow, Part } from "../dataset/row.js";
import { EngineFailure } from "../engines/engine.js";
import { ProcessLost } from "../engines/line-process.js";
import type { Catalog } from "./catalog.js";
import type { EngineHost } from "./engine-host.js";
import type { Journal } from "./journal.js";
import type { Plan } from "./plan.js";
import type { Progress } from "./progress.js";

/** What every part of a run works with. */
export interface Bench {
  readonly plan: Plan;
  readonly catalog: Catalog;
  readonly host: EngineHost;
  readonly journals: Readonly<Record<Part, Journal>>;
  readonly progress: Progress<Part>;
  /** Id of the machine description. */
  readonly machine: string;
  /** Aborted by Ctrl-C: the row in flight is finished, then the run ends. */
  readonly stop: AbortSignal;
}

/**
 * Runs one measurement. What the engine says no to becomes a row with its words, is not tried again, and yields
 * null; any other error is a fault of this program and is thrown.
 */
export async function attempt<T>(
  bench: Bench,
  where: Pick<FailedRow, "part" | "id" | "family" | "round" | "stateName">,
  measure: () => Promise<T>,
): Promise<T | null> {
  try {
    return await measure();
  } catch (error) {
    if (!(error instanceof EngineFailure || error instanceof ProcessLost)) throw error;
    await bench.host.recover(error);
    const at = new Date().toISOString();
    bench.journals[where.part].append({ kind: "failed", ...where, error: error.message, at, machine: bench.machine });
    bench.progress.done(where.part, "failed");
    return null;
  }
}
