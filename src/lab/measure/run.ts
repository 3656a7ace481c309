import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { LoadedRow, Part } from "../dataset/row.js";
import { place } from "../dataset/row.js";
import { LOCAL_DEVICE } from "../devices/local.js";
import type { Engine } from "../engines/engine.js";
import type { Bench } from "./bench.js";
import { Catalog } from "./catalog.js";
import { EngineHost } from "./engine-host.js";
import { Journal } from "./journal.js";
import { closeGenerators, ProbeHistory, runStateVisit, startGenerators } from "./loaded-part.js";
import { stateVisits } from "./loaded-plan.js";
import { describeMachine } from "./machine.js";
import { otherCore, pinSelf } from "./pin.js";
import type { Plan } from "./plan.js";
import { Progress } from "./progress.js";
import { runIdle, runSweep } from "./quiet-parts.js";
import { schedule } from "./schedule.js";
import { writeOrMatch } from "./write-or-match.js";

export interface RunOptions {
  /** Folder of the rows; a run that is there already is resumed. */
  readonly out: string;
  readonly plan: Plan;
  readonly parts: readonly Part[];
  /** The model's cores, a thread on each; everything else stays off them while there is another one. */
  readonly cores: readonly number[];
  readonly startEngine: (cores: readonly number[]) => Promise<Engine>;
  readonly stop: AbortSignal;
}

/** First guess in ms of one item, before any has been timed. */
const GUESS_MS: Readonly<Record<Part, number>> = { sweep: 90, idle: 450, loaded: 900 };

function countOpen(bench: Pick<Bench, "catalog" | "plan" | "journals">, visits: ReturnType<typeof stateVisits>, parts: readonly Part[]): ReadonlyMap<Part, number> {
  const { catalog, plan, journals } = bench;
  const rounds = (part: "sweep" | "idle", ids: readonly string[]): number =>
    ids.reduce((sum, id) => {
      const open = Array.from({ length: plan[part].rounds }, (_, i) => place(id, i + 1)).filter((at) => !journals[part].has(at));
      return sum + open.length;
    }, 0);
  const cells = visits.flatMap(({ modelIds, visit, load }) => modelIds.map((id) => place(id, visit, load.name)));
  return new Map([
    ["sweep", parts.includes("sweep") ? rounds("sweep", catalog.sweepIds) : 0],
    ["idle", parts.includes("idle") ? rounds("idle", catalog.idleIds) : 0],
    ["loaded", parts.includes("loaded") ? cells.filter((at) => !journals.loaded.has(at)).length : 0],
  ]);
}

/**
 * Measures what the plan asks for and the folder does not hold yet. Ends early when `stop` is aborted, after the row
 * in flight. Returns a summary for people. Throws where the folder belongs to another plan or machine.
 */
export async function run({ out, plan, parts, cores, startEngine, stop }: RunOptions): Promise<string> {
  mkdirSync(out, { recursive: true });
  writeOrMatch(join(out, "plan.json"), plan, "plan");
  const spare = otherCore(cores);
  if (spare === null && plan.loaded.states.traffic + plan.loaded.states.both > 0 && parts.includes("loaded")) {
    throw new RangeError("the plan asks for memory traffic from a core that the model does not use, and there is none: give it fewer cores");
  }
  if (spare === null || !pinSelf(spare)) process.stderr.write("this process is not pinned off the model's cores\n");

  const host = new EngineHost(() => startEngine(cores));
  const journals = {
    sweep: Journal.open(join(out, "sweep.jsonl")),
    idle: Journal.open(join(out, "idle.jsonl")),
    loaded: Journal.open(join(out, "loaded.jsonl")),
  };
  const generators = parts.includes("loaded") ? await startGenerators(cores, spare) : null;
  try {
    const { engine } = await host.get();
    const machine = await describeMachine(engine.description, LOCAL_DEVICE);
    writeOrMatch(join(out, "machine.json"), machine, "machine");
    const catalog = new Catalog(plan);
    const visits = stateVisits(plan, catalog.idleIds);
    const progress = new Progress(countOpen({ catalog, plan, journals }, visits, parts), (part) => GUESS_MS[part]);
    const bench: Bench = { plan, catalog, host, journals, progress, machine: machine.id, stop };
    const history = new ProbeHistory(journals.loaded.existing.filter((row): row is LoadedRow => row.kind === "loaded"));
    for (const segment of schedule(plan, parts)) {
      if (segment.part === "sweep") await runSweep(bench, segment.round, segment.slice, segment.slices);
      else if (segment.part === "idle") await runIdle(bench, segment.round);
      else if (generators !== null) {
        for (const visit of visits.filter(({ block }) => block === segment.block)) {
          if (stop.aborted) break;
          await runStateVisit(bench, generators, visit, history);
        }
      }
      if (stop.aborted) break;
    }
    return progress.summary();
  } finally {
    if (generators !== null) await closeGenerators(generators);
    await host.close();
    for (const journal of Object.values(journals)) journal.close();
  }
}
