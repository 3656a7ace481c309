import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Device } from "../devices/device.js";
import { openDevice } from "../devices/open.js";
import { Converters } from "../engines/converter.js";
import type { EngineModel } from "../engines/engine.js";
import type { EngineName } from "../engines/index.js";
import { engineProblem } from "../engines/index.js";
import { Journal } from "../measure/journal.js";
import { claim, LockedError } from "../measure/lock.js";
import { pinSelf } from "../measure/pin.js";
import { Progress } from "../measure/progress.js";
import { loadModel } from "./models.js";
import type { MeasuringPlan } from "./plan-file.js";
import { modelName, readPlanFile, spareCoreOf } from "./plan-file.js";
import type { Cell, PlanRow } from "./plan-row.js";
import { cellPlace, cellsOf, planPlaceOf } from "./plan-row.js";
import { SettingsError } from "../settings-file.js";
import { visit } from "./visit.js";

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
async function withJournal<T>(path: string, plan: MeasuringPlan, use: (journal: Journal<PlanRow>) => Promise<T>): Promise<T> {
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

async function missingEngines(device: Device, plan: MeasuringPlan, remark: PlanRunOptions["remark"]): Promise<ReadonlyMap<EngineName, string>> {
  const missing = new Map<EngineName, string>();
  for (const engine of plan.engines) {
    const problem = await engineProblem(device, engine);
    if (problem === null) continue;
    missing.set(engine, problem);
    remark(`${engine} is missing: ${problem}`);
  }
  return missing;
}

function countBy(cells: readonly Cell[]): ReadonlyMap<EngineName, number> {
  const counts = new Map<EngineName, number>();
  for (const { engine } of cells) counts.set(engine, (counts.get(engine) ?? 0) + 1);
  return counts;
}

interface Campaign {
  readonly plan: MeasuringPlan;
  readonly models: ReadonlyMap<string, EngineModel>;
  readonly device: Device;
  readonly converters: Converters;
  readonly journal: Journal<PlanRow>;
  readonly progress: Progress<EngineName>;
  readonly remark: (text: string) => void;
  readonly stop: AbortSignal;
}

function named<T extends { readonly name: string }>(items: readonly T[], name: string): T {
  const found = items.find((item) => item.name === name);
  if (found === undefined) throw new RangeError(`no ${name} in this plan`);
  return found;
}

async function measureCells({ plan, models, device, converters, journal, progress, remark, stop }: Campaign, cells: readonly Cell[]): Promise<void> {
  const machines = new Set(journal.existing.flatMap((row) => (row.kind === "machine" ? [row.id] : [])));
  for (const cell of cells) {
    if (stop.aborted) return;
    const model = models.get(cell.model);
    if (model === undefined) throw new RangeError(`no model ${cell.model} in this plan`);
    const placement = named(plan.placements, cell.placement);
    const spareCore = spareCoreOf(plan.device, placement.cores);
    if (device.isHere && spareCore !== null) pinSelf(spareCore);
    const state = named(plan.states, cell.state);
    const { row, machine } = await visit(cell, { device, converters, protocol: plan.protocol, model, placement, spareCore, state });
    if (machine !== null && !machines.has(machine.id)) {
      journal.append({ kind: "machine", device: device.name, ...machine });
      machines.add(machine.id);
    }
    journal.append(row);
    if (row.kind === "failed") remark(`${cell.engine} ${cell.model}: failed to ${row.stage}: ${row.error.split("\n", 1)[0] ?? ""}`);
    progress.done(cell.engine, row.kind);
  }
}

/**
 * Measures every cell of a plan that the file does not hold yet. An engine that is missing is told of and left out:
 * its cells stay open for a later run.
 *
 * @throws SettingsError where the plan, a model or the file of rows is not what it should be, DeviceUnreachable where
 * the device does not answer
 */
export async function runPlan({ planPath, devicePath, out, stop, remark }: PlanRunOptions): Promise<PlanRunReport> {
  const { plan, deviceFolder } = readPlanFile(planPath, devicePath);
  const models = new Map(plan.models.map((choice): [string, EngineModel] => [modelName(choice), loadModel(choice, planPath)]));
  const device = await openDevice(plan.device, deviceFolder);
  const converters = new Converters();
  try {
    const missing = await missingEngines(device, plan, remark);
    return await withJournal(out, plan, async (journal) => {
      const cells = cellsOf(plan, [...models.keys()]);
      const open = cells.filter((cell) => !journal.has(cellPlace(cell)) && !missing.has(cell.engine));
      const done = journal.existing.filter((row) => planPlaceOf(row) !== null).length;
      if (done > 0) remark(`${out} holds ${done} of ${cells.length} rows: the others are measured now`);
      const progress = new Progress<EngineName>(countBy(open), () => GUESS_MS, (text) => remark(text.trimEnd()));
      await measureCells({ plan, models, device, converters, journal, progress, remark, stop }, open);
      const rows = cells.filter((cell) => journal.has(cellPlace(cell))).length;
      return { rows, open: cells.length - rows, missing, summary: progress.summary() };
    });
  } finally {
    await converters.close();
    await device.close();
  }
}
