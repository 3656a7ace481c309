import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { EngineName } from "../engines/index.js";
import { Journal } from "../measure/journal.js";
import { claim, LockedError } from "../measure/lock.js";
import { Progress } from "../measure/progress.js";
import { measureCells } from "./campaign.js";
import { loadModels } from "./models.js";
import { openBench } from "./open-bench.js";
import type { MeasuringPlan } from "./plan-file.js";
import { readPlanFile } from "./plan-file.js";
import type { Cell, PlanRow } from "./plan-row.js";
import { cellPlace, cellsOf, planPlaceOf } from "./plan-row.js";
import { SettingsError } from "../settings-file.js";

export interface PlanRunOptions {
  readonly planPath: string;
  /** The file of another device than the plan's. */
  readonly devicePath?: string | undefined;
  /** The JSONL file; one that is there already is resumed. */
  readonly out: string;
  /** Aborted by Ctrl-C: the cell in flight is finished, then the run ends. */
  readonly stop: AbortSignal;
  readonly remark: (text: string) => void;
}

/** What is there after a run. */
export interface PlanRunReport {
  /** Cells that have a row, measured or failed. */
  readonly rows: number;
  /** Cells that have no row: their engine is missing, or the run was stopped. */
  readonly open: number;
  /** Why an engine could not run at all, and what to do. */
  readonly missing: ReadonlyMap<EngineName, string>;
  readonly summary: string;
}

/** First guess of a visit, its processes' start and the conversion included. */
const GUESS_MS = 8000;

function checkPlan(journal: Journal<PlanRow>, path: string, plan: MeasuringPlan): void {
  const [head] = journal.existing;
  if (head === undefined) journal.append({ kind: "plan", plan });
  else if (head.kind !== "plan" || head.plan.hash !== plan.hash) {
    throw new SettingsError(`${path} holds the rows of another plan: choose another file with --out`);
  }
}

/**
 * Opens the file of rows for this process alone, with the plan at its head, and closes it after `use`.
 *
 * @throws SettingsError where it cannot be written, another run writes it, or it holds another plan's rows
 */
export async function withJournal<T>(path: string, plan: MeasuringPlan, use: (journal: Journal<PlanRow>) => Promise<T>): Promise<T> {
  let release: () => void;
  try {
    mkdirSync(dirname(path), { recursive: true });
    release = claim(path);
  } catch (error) {
    throw new SettingsError(error instanceof LockedError ? error.message : `cannot write ${path}: ${String(error)}`);
  }
  try {
    const journal = Journal.openRows<PlanRow>(path, planPlaceOf);
    try {
      checkPlan(journal, path, plan);
      return await use(journal);
    } finally {
      journal.close();
    }
  } finally {
    release();
  }
}

/** How many cells each engine has. */
export function countBy(cells: readonly Cell[]): ReadonlyMap<EngineName, number> {
  const counts = new Map<EngineName, number>();
  for (const { engine } of cells) counts.set(engine, (counts.get(engine) ?? 0) + 1);
  return counts;
}

/**
 * Measures every cell of a plan that the file does not hold yet. An engine that is missing is told of and left out:
 * its cells stay open for a later run.
 *
 * @throws SettingsError where the plan, a model or the file of rows is not what it should be, DeviceUnreachable where
 * the device does not answer, CannotSet where settings of the device cannot be put back
 */
export async function runPlan({ planPath, devicePath, out, stop, remark }: PlanRunOptions): Promise<PlanRunReport> {
  const { plan, description, deviceFolder } = readPlanFile(planPath, devicePath);
  const models = loadModels(plan.models, planPath);
  const bench = await openBench({ plan, models, description, folder: deviceFolder, stop, remark });
  const { missing } = bench;
  try {
    for (const [engine, problem] of missing) remark(`${engine} is missing: ${problem}`);
    return await withJournal(out, plan, async (journal) => {
      await bench.restore();
      const cells = cellsOf(plan, [...models.keys()]);
      const open = cells.filter((cell) => !journal.has(cellPlace(cell)) && !missing.has(cell.engine));
      const done = journal.existing.filter((row) => planPlaceOf(row) !== null).length;
      if (done > 0) remark(`${out} holds ${done} of ${cells.length} rows: the others are measured now`);
      const progress = new Progress<EngineName>(countBy(open), () => GUESS_MS, (text) => remark(text.trimEnd()));
      await measureCells({ bench, journal, progress, remark, stop }, open);
      const rows = cells.filter((cell) => journal.has(cellPlace(cell))).length;
      return { rows, open: cells.length - rows, missing, summary: progress.summary() };
    });
  } finally {
    await bench.close();
  }
}
