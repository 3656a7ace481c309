import { createHash } from "node:crypto";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { EngineModel } from "../../engines/engine.js";
import type { EngineName } from "../../engines/index.js";
import type { MeasuringPlan } from "../../plans/plan-file.js";
import type { Cell } from "../../plans/plan-row.js";
import { cellPlace } from "../../plans/plan-row.js";
import type { VisitOutcome } from "../../plans/visit.js";
import { PREFIX, queueConnection } from "./connection.js";

interface StoredModel {
  readonly name: string;
  readonly sha256: string;
  readonly inputs: EngineModel["inputs"];
}

interface StoredPlan {
  readonly plan: MeasuringPlan;
  readonly models: readonly StoredModel[];
}

/** A plan that waits for a group's devices, with its models: every host measures the bytes that were enqueued. */
export interface Assignment {
  readonly group: string;
  readonly plan: MeasuringPlan;
  readonly models: ReadonlyMap<string, EngineModel>;
}

export type CellQueue = Queue<Cell, VisitOutcome>;

const plansKey = (group: string) => `${PREFIX}:plans:${group}`;
const modelKey = (sha256: string) => `${PREFIX}:model:${sha256}`;

/** Keeps a plan and its models for the workers of a group. */
export async function storeAssignment(redis: Redis, { group, plan, models }: Assignment): Promise<void> {
  const stored: StoredModel[] = [];
  for (const [name, { onnx, inputs }] of models) {
    const sha256 = createHash("sha256").update(onnx).digest("hex");
    await redis.setnx(modelKey(sha256), Buffer.from(onnx));
    stored.push({ name, sha256, inputs });
  }
  const value: StoredPlan = { plan, models: stored };
  await redis.hset(plansKey(group), plan.hash, JSON.stringify(value));
}

async function readStored(redis: Redis, { name, sha256, inputs }: StoredModel): Promise<[string, EngineModel]> {
  const onnx = await redis.getBuffer(modelKey(sha256));
  if (onnx === null) throw new RangeError(`Redis has lost the model ${name}: enqueue the plan again`);
  return [name, { onnx, inputs }];
}

/** The plans that wait for a group's devices. */
export async function readAssignments(redis: Redis, group: string): Promise<readonly Assignment[]> {
  const stored = Object.values(await redis.hgetall(plansKey(group))).map((text) => JSON.parse(text) as StoredPlan);
  return Promise.all(stored.map(async ({ plan, models }) => ({ group, plan, models: new Map(await Promise.all(models.map((model) => readStored(redis, model)))) })));
}

/** The queue of a group's cells for one engine: a device without the engine leaves it to others. */
export function queueName({ group, plan }: Pick<Assignment, "group" | "plan">, engine: EngineName): string {
  return `${plan.name}.${group}.${plan.hash}.${engine}`;
}

export function openQueue(url: string, assignment: Pick<Assignment, "group" | "plan">, engine: EngineName): CellQueue {
  const queue: CellQueue = new Queue(queueName(assignment, engine), { connection: queueConnection(url), prefix: PREFIX });
  queue.on("error", () => undefined);
  return queue;
}

/** A cell has one job, however often it is enqueued. BullMQ takes no colons and no bare numbers. */
export function jobId(cell: Cell): string {
  return `cell-${createHash("sha256").update(cellPlace(cell)).digest("hex").slice(0, 32)}`;
}
