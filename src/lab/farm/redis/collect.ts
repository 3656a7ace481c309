import type { GroupReport } from "../run-farm.js";
import { rowsPath } from "../run-farm.js";
import type { FarmGroup } from "../groups.js";
import { readGroups } from "../groups.js";
import { loadModels } from "../../plans/models.js";
import { cellPlace, cellsOf } from "../../plans/plan-row.js";
import { Recorder } from "../../plans/campaign.js";
import { withJournal } from "../../plans/run-plan.js";
import { openQueue } from "./assignments.js";
import { connect } from "./connection.js";
import type { QueueOptions } from "./enqueue.js";

async function collectGroup(group: FarmGroup, models: readonly string[], { url, out, remark }: CollectOptions): Promise<GroupReport> {
  const path = rowsPath(out, group);
  return withJournal(path, group.plan, async (journal) => {
    const recorder = new Recorder(journal, remark);
    let lost = 0;
    for (const engine of group.plan.engines) {
      const queue = openQueue(url, { group: group.name, plan: group.plan }, engine);
      try {
        // In the order in which they were finished.
        for (const job of await queue.getJobs(["completed"], 0, -1, true)) {
          const { data, returnvalue } = job;
          if (!journal.has(cellPlace(data))) recorder.record(data, returnvalue.row?.device ?? group.name, returnvalue);
          // A cell that was skipped stays open: it may be enqueued again.
          if (returnvalue.row === null) await job.remove();
        }
        lost += await queue.getFailedCount();
      } finally {
        await queue.close();
      }
    }
    const cells = cellsOf(group.plan, models);
    const open = cells.filter((cell) => !journal.has(cellPlace(cell))).length;
    const absent = lost === 0 ? [] : [`${lost} cells were given up, since their workers failed or died again and again: enqueue the plan again to try them once more`];
    return { group: group.name, path, rows: cells.length - open, open, absent };
  });
}

export interface CollectOptions extends QueueOptions {
  readonly remark: (text: string) => void;
}

/**
 * Appends what the workers have handed in to the groups' files; a cell that is there already is left out.
 *
 * @throws SettingsError where a file is wrong, DeviceUnreachable where Redis does not answer
 */
export async function collect(options: CollectOptions): Promise<readonly GroupReport[]> {
  const groups = readGroups(options.planPath, options.devicePaths);
  const models = [...loadModels(groups[0]?.plan.models ?? [], options.planPath).keys()];
  (await connect(options.url)).disconnect();
  const reports: GroupReport[] = [];
  for (const group of groups) reports.push(await collectGroup(group, models, options));
  return reports;
}
