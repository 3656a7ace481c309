import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "bullmq";
import { Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { DeviceDescription } from "../../devices/device-file.js";
import { readDeviceFile } from "../../devices/device-file.js";
import { DeviceUnreachable } from "../../devices/device.js";
import type { EngineName } from "../../engines/index.js";
import type { Bench, BenchOptions } from "../../plans/bench.js";
import { openBench } from "../../plans/open-bench.js";
import type { Cell } from "../../plans/plan-row.js";
import type { VisitOutcome } from "../../plans/visit.js";
import { SettingsError } from "../../settings-file.js";
import { groupName, plannedDevice } from "../groups.js";
import type { Assignment, CellQueue } from "./assignments.js";
import { openQueue, queueName, readAssignments } from "./assignments.js";
import { connect, PREFIX, queueConnection } from "./connection.js";
import { withHost } from "./host-turn.js";

export interface WorkOptions {
  readonly url: string;
  readonly devicePath: string;
  /** Aborted by Ctrl-C: the cell in flight is finished, then the work ends. */
  readonly stop: AbortSignal;
  readonly remark: (text: string) => void;
  /** How long a worker that says nothing is taken to be alive. */
  readonly lockMs?: number;
  /** Devices of another kind, for tests. */
  readonly open?: (options: BenchOptions) => Promise<Bench>;
}

const LOCK_MS = 30_000;
/** A cell that has been with so many workers that died is given up until it is enqueued again. */
const MAX_DEATHS = 3;
const POLL_MS = 500;

type CellWorker = Worker<Cell, VisitOutcome>;
type CellJob = Job<Cell, VisitOutcome>;

/** The two ends of one engine's queue. */
interface Lane {
  readonly engine: EngineName;
  readonly queue: CellQueue;
  readonly worker: CellWorker;
}

function openLane(url: string, assignment: Assignment, engine: EngineName, lockMs: number): Lane {
  const settings = { autorun: false, lockDuration: lockMs, stalledInterval: lockMs, maxStalledCount: MAX_DEATHS };
  const worker: CellWorker = new Worker(queueName(assignment, engine), null, { connection: queueConnection(url), prefix: PREFIX, ...settings });
  worker.on("error", () => undefined);
  return { engine, queue: openQueue(url, assignment, engine), worker };
}

async function isOver(lanes: readonly Lane[]): Promise<boolean> {
  for (const { queue } of lanes) {
    // What others have in hand may come back.
    if ((await queue.getJobCountByTypes("waiting", "prioritized", "delayed", "active")) > 0) return false;
  }
  return true;
}

interface Shift {
  readonly bench: Bench;
  readonly redis: Redis;
  readonly lanes: readonly Lane[];
  readonly options: WorkOptions;
  readonly lockMs: number;
}

/** Measures one job's cell and hands in what came of it; a job that another worker took over meanwhile is its own. */
async function measureJob(job: CellJob, token: string, { bench, options, lockMs }: Shift): Promise<boolean> {
  const renewal = setInterval(() => void job.extendLock(token, lockMs).catch(() => undefined), lockMs / 3);
  const handIn = async (end: () => Promise<unknown>): Promise<boolean> => {
    try {
      await end();
      return true;
    } catch (error) {
      options.remark(`${job.data.engine} ${job.data.model}: another worker has taken it over (${error instanceof Error ? error.message : String(error)})`);
      return false;
    }
  };
  try {
    const outcome = await bench.measure(job.data);
    if (outcome === null) {
      await handIn(() => job.moveToWait(token));
      return false;
    }
    return await handIn(() => job.moveToCompleted(outcome, token, false));
  } catch (error) {
    if (error instanceof DeviceUnreachable) await handIn(() => job.moveToWait(token));
    else await handIn(() => job.moveToFailed(error instanceof Error ? error : new Error(String(error)), token, false));
    throw error;
  } finally {
    clearInterval(renewal);
  }
}

/** Takes from each engine's queue in turn, as the plan goes, until all are over. Returns how many cells were handed in. */
async function workOff(shift: Shift): Promise<number> {
  const { bench, redis, lanes, options, lockMs } = shift;
  let count = 0;
  for (let turn = 0, idle = 0; !options.stop.aborted; turn++) {
    const lane = lanes[turn % lanes.length];
    if (lane === undefined) return count;
    const done = await withHost(redis, bench.host, lockMs, options.stop, async () => {
      const token = randomUUID();
      // Nothing is there: undefined, whatever its type says.
      const job = (await lane.worker.getNextJob(token, { block: false })) as CellJob | undefined;
      return job === undefined ? "nothing" : (await measureJob(job, token, shift)) ? "handed in" : "taken over";
    });
    if (done === "handed in") count += 1;
    idle = done === "nothing" ? idle + 1 : 0;
    if (idle < lanes.length) continue;
    if (await isOver(lanes)) return count;
    await sleep(POLL_MS);
  }
  return count;
}

async function workOn(assignment: Assignment, description: DeviceDescription, redis: Redis, options: WorkOptions): Promise<number> {
  const { plan, models } = assignment;
  const { url, devicePath, remark, lockMs = LOCK_MS } = options;
  if (JSON.stringify(plan.device) !== JSON.stringify(plannedDevice(description))) {
    throw new SettingsError(`device file ${devicePath}: ${description.name} is not what plan ${plan.name} was enqueued for: enqueue it again with this file`);
  }
  const bench = await (options.open ?? openBench)({ plan, models, description, folder: dirname(devicePath), stop: options.stop, remark });
  const lanes: Lane[] = [];
  try {
    await bench.restore();
    for (const [engine, problem] of bench.missing) remark(`${engine} on ${bench.name} is missing: ${problem}`);
    for (const engine of plan.engines.filter((name) => !bench.missing.has(name))) {
      const lane = openLane(url, assignment, engine, lockMs);
      lanes.push(lane);
      await lane.worker.startStalledCheckTimer();
    }
    return await workOff({ bench, redis, lanes, options, lockMs });
  } finally {
    for (const { worker, queue } of lanes) {
      await worker.close();
      await queue.close();
    }
    await bench.close();
  }
}

/**
 * Measures on one device what waits for it, or for its kind, until nothing does. Returns how many cells were handed in.
 *
 * @throws SettingsError where a file is wrong, DeviceUnreachable where the device or Redis does not answer: the cell in
 * hand was given back
 */
export async function work(options: WorkOptions): Promise<number> {
  const description = readDeviceFile(options.devicePath);
  const redis = await connect(options.url);
  try {
    const assignments = await readAssignments(redis, groupName(description));
    if (assignments.length === 0) options.remark(`nothing was enqueued for ${groupName(description)}`);
    let count = 0;
    for (const assignment of assignments) count += await workOn(assignment, description, redis, options);
    return count;
  } finally {
    redis.disconnect();
  }
}
