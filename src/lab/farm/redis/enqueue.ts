import { existsSync } from "node:fs";
import { readPlanRows } from "../../plans/describe-rows.js";
import { loadModels } from "../../plans/models.js";
import { cellPlace, cellsOf, planPlaceOf } from "../../plans/plan-row.js";
import { readGroups } from "../groups.js";
import { rowsPath } from "../run-farm.js";
import { jobId, openQueue, storeAssignment } from "./assignments.js";
import { connect } from "./connection.js";

export interface QueueOptions {
  readonly url: string;
  readonly planPath: string;
  readonly devicePaths: readonly string[];
  /** The folder of the JSONL files. */
  readonly out: string;
}

/**
 * Puts the cells of a plan that its files do not hold yet into the queues, each once; those that were given up before
 * are tried again. Returns how many wait, by group.
 *
 * @throws SettingsError where a file is wrong, DeviceUnreachable where Redis does not answer
 */
export async function enqueue({ url, planPath, devicePaths, out }: QueueOptions): Promise<ReadonlyMap<string, number>> {
  const groups = readGroups(planPath, devicePaths);
  const models = loadModels(groups[0]?.plan.models ?? [], planPath);
  const redis = await connect(url);
  const waiting = new Map<string, number>();
  try {
    for (const group of groups) {
      const path = rowsPath(out, group);
      const done = new Set(existsSync(path) ? readPlanRows(path).map(planPlaceOf) : []);
      const assignment = { group: group.name, plan: group.plan, models };
      await storeAssignment(redis, assignment);
      const cells = cellsOf(group.plan, [...models.keys()]).filter((cell) => !done.has(cellPlace(cell)));
      let count = 0;
      for (const engine of group.plan.engines) {
        const queue = openQueue(url, assignment, engine);
        try {
          const jobs = cells.filter((cell) => cell.engine === engine).map((cell) => ({ name: "cell", data: cell, opts: { jobId: jobId(cell) } }));
          await queue.addBulk(jobs);
          await queue.retryJobs({ state: "failed" });
          count += await queue.getJobCountByTypes("waiting", "prioritized", "delayed");
        } finally {
          await queue.close();
        }
      }
      waiting.set(group.name, count);
    }
    return waiting;
  } finally {
    redis.disconnect();
  }
}
