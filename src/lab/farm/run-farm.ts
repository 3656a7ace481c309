import { join } from "node:path";
import { DeviceUnreachable } from "../devices/device.js";
import { LOCAL_DEVICE } from "../devices/local.js";
import type { Gate } from "../engines/converter.js";
import { Converters } from "../engines/converter.js";
import type { EngineModel } from "../engines/engine.js";
import type { EngineName } from "../engines/index.js";
import type { Journal } from "../measure/journal.js";
import { Progress } from "../measure/progress.js";
import type { Bench, BenchOptions } from "../plans/bench.js";
import { hostOf } from "../plans/bench.js";
import { Recorder } from "../plans/campaign.js";
import { loadModels } from "../plans/models.js";
import { openBench } from "../plans/open-bench.js";
import type { Cell, PlanRow } from "../plans/plan-row.js";
import { cellPlace, cellsOf, planPlaceOf } from "../plans/plan-row.js";
import { countBy, withJournal } from "../plans/run-plan.js";
import { CellPool } from "./cell-pool.js";
import type { FarmDevice, FarmGroup } from "./groups.js";
import { readGroups } from "./groups.js";
import { Turns } from "./turns.js";

export interface FarmOptions {
  readonly planPath: string;
  readonly devicePaths: readonly string[];
  /** The folder of the JSONL files, one for each group; those that are there already are resumed. */
  readonly out: string;
  /** Aborted by Ctrl-C: the cells in flight are finished, then the run ends. */
  readonly stop: AbortSignal;
  readonly remark: (text: string) => void;
  /** Devices of another kind, for tests. */
  readonly open?: (options: BenchOptions) => Promise<Bench>;
}

/** What is there of a group after a run. */
export interface GroupReport {
  readonly group: string;
  readonly path: string;
  readonly rows: number;
  readonly open: number;
  /** Why a device, or an engine on it, took no part. */
  readonly absent: readonly string[];
}

const GUESS_MS = 8000;

/** Where the rows of a group are. */
export function rowsPath(folder: string, { name, plan }: Pick<FarmGroup, "name" | "plan">): string {
  return join(folder, `${plan.name}.${name}.jsonl`);
}

interface Field {
  readonly options: FarmOptions;
  /** Ctrl-C, or a fault of this program in one of the devices. */
  readonly stop: AbortSignal;
  readonly models: ReadonlyMap<string, EngineModel>;
  readonly turns: Turns;
  /** The host that this machine is, where something is measured on it. */
  readonly here: string | null;
}

/** What the devices of a group share. */
interface Parts {
  readonly pool: CellPool;
  readonly recorder: Recorder;
  readonly progress: Progress<EngineName>;
}

/** Measures a group's cells on one of its devices until none is left, or the device goes away. */
async function work(bench: Bench, { pool, recorder, progress }: Parts, { stop, turns }: Field): Promise<void> {
  for (;;) {
    const cell = await pool.take(({ engine }) => !bench.missing.has(engine), stop);
    if (cell === null) return;
    try {
      const outcome = await turns.take(bench.host, () => bench.measure(cell));
      if (outcome === null) {
        pool.giveBack(cell);
        return;
      }
      const counted = recorder.record(cell, bench.name, outcome);
      if (counted !== null) progress.done(cell.engine, counted);
      pool.done(cell);
    } catch (error) {
      pool.giveBack(cell);
      throw error;
    }
  }
}

/** Opens a device, works on it, and closes it; why it could not, or could no longer. */
async function attend(device: FarmDevice, group: FarmGroup, parts: Parts, field: Field): Promise<readonly string[]> {
  const { options, stop, models, turns, here } = field;
  const { description, folder } = device;
  let bench: Bench | null = null;
  // Converting uses this machine: where something is measured here, it waits for its turn. A visit here has it already.
  const gate: Gate = (task) => (here === null || bench?.host === here ? task() : turns.take(here, task));
  try {
    bench = await (options.open ?? openBench)({ plan: group.plan, models, description, folder, stop, remark: options.remark, converters: new Converters(gate) });
  } catch (error) {
    if (!(error instanceof DeviceUnreachable)) throw error;
    return [`${description.name}: ${error.message}`];
  }
  const absent = [...bench.missing].map(([engine, problem]) => `${engine} on ${bench.name} is missing: ${problem}`);
  for (const text of absent) options.remark(text);
  try {
    await bench.restore();
    await work(bench, parts, field);
    return absent;
  } catch (error) {
    if (!(error instanceof DeviceUnreachable)) throw error;
    return [...absent, `${description.name}: ${error.message}`];
  } finally {
    await bench.close();
  }
}

function openCells(journal: Journal<PlanRow>, cells: readonly Cell[]): readonly Cell[] {
  return cells.filter((cell) => !journal.has(cellPlace(cell)));
}

async function runGroup(group: FarmGroup, field: Field): Promise<GroupReport> {
  const { remark, out } = field.options;
  const path = rowsPath(out, group);
  return withJournal(path, group.plan, async (journal) => {
    const cells = cellsOf(group.plan, [...field.models.keys()]);
    const open = openCells(journal, cells);
    const done = journal.existing.filter((row) => planPlaceOf(row) !== null).length;
    if (done > 0) remark(`${path} holds ${done} of ${cells.length} rows: the others are measured now`);
    const progress = new Progress<EngineName>(countBy(open), () => GUESS_MS, (text) => remark(`${group.name} ${text.trimEnd()}`));
    const parts = { pool: new CellPool(open), recorder: new Recorder(journal, remark), progress };
    const absent = await settled(group.devices.map((device) => attend(device, group, parts, field)));
    const left = openCells(journal, cells).length;
    return { group: group.name, path, rows: cells.length - left, open: left, absent: absent.flat() };
  });
}

/** All results, once every one is there: nothing goes on working after this returns or throws the first error. */
async function settled<T>(tasks: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(tasks);
  return Promise.all(tasks);
}

/** The host that this machine is, where it is one of the devices. */
async function findHere(groups: readonly FarmGroup[]): Promise<string | null> {
  const local = groups.flatMap(({ devices }) => devices).find(({ description }) => description.reach.by === "local");
  return local === undefined ? null : hostOf(LOCAL_DEVICE, local.description);
}

/**
 * Measures a plan on many devices at once, one cell at a time on each and on each host. Devices of one kind share their
 * cells: what one that goes away had begun, another one does. A cell that no device could do stays open for a later run.
 *
 * @throws SettingsError where a file is not what it should be
 */
export async function runFarm(options: FarmOptions): Promise<readonly GroupReport[]> {
  const groups = readGroups(options.planPath, options.devicePaths);
  const choices = groups[0]?.plan.models ?? [];
  const fault = new AbortController();
  const field: Field = {
    options,
    stop: AbortSignal.any([options.stop, fault.signal]),
    models: loadModels(choices, options.planPath),
    turns: new Turns(),
    here: await findHere(groups),
  };
  const run = async (group: FarmGroup) => {
    try {
      return await runGroup(group, field);
    } catch (error) {
      fault.abort();
      throw error;
    }
  };
  return settled(groups.map(run));
}
