import { basename, extname } from "node:path";
import { readArgs } from "../args.js";
import { UnfinishedError, UsageError, type Command } from "../context.js";
import { table } from "../format.js";
import { importLab, stopSignal, withLabErrors } from "../lab.js";

export const measureCommand: Command = {
  name: "measure",
  summary: "measure a plan's models on this device's engines",
  help: `Usage: tempograph measure --plan FILE [options]

Measures models x states x engines as a plan says (docs/measuring.md) and appends a row of raw times for each to a
JSONL file. Ended by Ctrl-C, or killed, it goes on where it was when it is started again. An engine that is missing is
told of and left out. Where a plan repeats its cells, the table of the noise floor says how far the repeats lie apart.
Needs a checkout of the project and the engines that \`npm run lab:setup\` installs.

  --plan FILE  the plan, such as plans/smoke.yaml
  --device F   the file of another device than the plan's
  --out FILE   where the rows go; default measurements/PLAN.jsonl
  -h, --help   this text

Exit code 1 when an engine was missing or the run was stopped: some rows of the plan are not there yet.`,

  async run(args, context) {
    const { values } = readArgs(args, { plan: { type: "string" }, device: { type: "string" }, out: { type: "string" } }, []);
    if (values.plan === undefined) throw new UsageError("measure needs --plan FILE, such as --plan plans/smoke.yaml.");
    const planPath = values.plan;
    const out = values.out ?? `measurements/${basename(planPath, extname(planPath))}.jsonl`;
    const lab = await importLab(() => import("../../lab/plans/index.js"));
    const stop = stopSignal(context, "the row");
    await withLabErrors(lab, async () => {
      const report = await lab.runPlan({ planPath, devicePath: values.device, out, stop, remark: context.remark });
      const rows = lab.readPlanRows(out);
      const { headings, lines } = lab.describeRows(rows);
      if (lines.length > 0) context.print(table(headings, lines, "lllllrrrrl"));
      const floor = lab.repeatability(rows);
      if (floor.length > 0) {
        const noise = lab.describeRepeatability(floor);
        context.print(`\nnoise floor\n${table(noise.headings, noise.lines, "llrrrr")}`);
      }
      context.remark(report.summary);
      context.remark(`${out} holds ${report.rows} of ${report.rows + report.open} rows`);
      if (report.open === 0) return;
      // Why, was said in the beginning.
      const missing = report.missing.size === 0 ? "" : `; missing: ${[...report.missing.keys()].join(", ")}`;
      throw new UnfinishedError(`${report.open} rows of the plan are not there yet${missing}`);
    });
  },
};
