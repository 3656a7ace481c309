import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { MEMORY_FILE, type MemoryRow } from "../dataset/memory-row.js";
import { place } from "../dataset/row.js";
import { LOCAL_DEVICE } from "../devices/local.js";
import { EngineFailure, type EngineDescription, type EngineModel } from "../engines/engine.js";
import { ProcessLost } from "../engines/line-process.js";
import type { MemoryReport } from "../engines/python-engine.js";
import { Catalog } from "./catalog.js";
import { Journal } from "./journal.js";
import { describeMachine } from "./machine.js";
import type { Plan } from "./plan.js";
import { writeOrMatch } from "./write-or-match.js";

/** Runs after loading; networks take no more after ten or a hundred. */
const RUNS = 3;
const ROUNDS = 2;
/** One network in so many is measured in every round, the others in the first: the same network needs the same memory. */
const REPEATED_EVERY = 5;

/** An engine's process that has had no model. */
export interface FreshEngine {
  readonly description: EngineDescription;
  /** See PythonEngine. */
  memory(model: EngineModel, runs: number): Promise<MemoryReport>;
  close(): Promise<void>;
}

export interface MemoryRecording {
  readonly plan: Plan;
  /** Folder of the rows; a run that is there already is resumed. */
  readonly out: string;
  readonly start: () => Promise<FreshEngine>;
  readonly stop: AbortSignal;
  readonly log?: (message: string) => void;
}

/** Ids and rounds in their order. */
function places(ids: readonly string[]): { readonly id: string; readonly round: number }[] {
  return Array.from({ length: ROUNDS }, (_, before) => before + 1).flatMap((round) =>
    ids.filter((_, i) => round === 1 || i % REPEATED_EVERY === 0).map((id) => ({ id, round })),
  );
}

/**
 * Measures what memory each network of a plan takes, in a process of its own, and appends it to the folder's journal. What the
 * engine refuses or dies of becomes a row. Ends early when `stop` is aborted, after the row in flight. Throws where the folder
 * belongs to another plan or machine.
 */
export async function recordMemory({ plan, out, start, stop, log = () => undefined }: MemoryRecording): Promise<void> {
  const catalog = new Catalog(plan);
  mkdirSync(out, { recursive: true });
  writeOrMatch(join(out, "plan.json"), plan, "plan");
  const journal = Journal.openRows<MemoryRow>(join(out, MEMORY_FILE), ({ id, round }) => place(id, round));
  const open = places(catalog.idleIds).filter(({ id, round }) => !journal.has(place(id, round)));
  try {
    for (const [index, { id, round }] of open.entries()) {
      if (stop.aborted) break;
      if (index % 20 === 0) log(`${index} of ${open.length}`);
      const model = catalog.get(id);
      const engine = await start();
      try {
        const machine = await describeMachine(engine.description, LOCAL_DEVICE);
        writeOrMatch(join(out, "machine.json"), machine, "machine");
        journal.append({ ...(await measured(engine, model)), id, family: model.family, round, at: new Date().toISOString(), machine: machine.id });
      } finally {
        await engine.close();
      }
    }
  } finally {
    journal.close();
  }
}

type Outcome = ({ readonly kind: "memory" } & MemoryReport) | { readonly kind: "failed"; readonly error: string };

async function measured(engine: FreshEngine, model: EngineModel): Promise<Outcome> {
  try {
    return { kind: "memory", ...(await engine.memory(model, RUNS)) };
  } catch (error) {
    if (!(error instanceof EngineFailure || error instanceof ProcessLost)) throw error;
    return { kind: "failed", error: error.message };
  }
}
