import type { TargetInfo } from "../../predict/types.js";
import { readArgs } from "../args.js";
import type { Command } from "../context.js";
import { table } from "../format.js";
import { servedTargets } from "../served-targets.js";

/** Accuracy on the first split that the manifest lists. */
function accuracy({ metrics }: TargetInfo): readonly string[] {
  const [first] = metrics;
  return first === undefined ? ["", ""] : [`${Number(first.within10Percent.toFixed(1))} %`, first.split];
}

export const targetsCommand: Command = {
  name: "targets",
  summary: "list what can be predicted, and how well",
  help: `Usage: tempograph targets [options]

Lists the targets, device.engine.precision.cores, with the share of held-out predictions within 10 %. * is the default.

  --targets F folder of calibrated targets, to list as well; default: TARGETS, or none
  --json      everything that is known of each
  -h, --help  this text`,

  async run(args, context) {
    const { values } = readArgs(args, { json: { type: "boolean" }, targets: { type: "string" } }, []);
    const registry = await servedTargets(context, values.targets);
    const targets = registry.list();
    if (values.json === true) {
      context.print(JSON.stringify({ defaultTarget: registry.defaultTarget, targets }, null, 2));
      return;
    }
    const rows = targets.map((info) => [
      info.target === registry.defaultTarget ? `* ${info.target}` : `  ${info.target}`,
      info.predictor,
      ...accuracy(info),
      info.machine,
    ]);
    context.print(table(["  target", "predictor", "within 10 %", "on", "machine"], rows, "llrll"));
  },
};
