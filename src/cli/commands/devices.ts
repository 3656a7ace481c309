import type { CliContext, Command } from "../context.js";
import { readArgs } from "../args.js";
import { UnfinishedError, UsageError } from "../context.js";
import { table } from "../format.js";
import { importLab, withLabErrors } from "../lab.js";

type Lab = typeof import("../../lab/devices/index.js");

async function check(lab: Lab, file: string | null, json: boolean, context: CliContext): Promise<void> {
  const findings = await lab.checkDeviceFile(file);
  const rows = findings.map(({ what, verdict, detail, advice }) => [what, verdict, detail, advice]);
  context.print(json ? JSON.stringify(findings, null, 2) : table(["what", "", "found", "what to do"], rows, "llll"));
  const count = findings.filter(({ verdict }) => verdict === "wrong").length;
  if (count > 0) throw new UnfinishedError(`${count} ${count === 1 ? "thing is" : "things are"} wrong`);
}

async function restore(lab: Lab, file: string | null, json: boolean, context: CliContext): Promise<void> {
  const restored = await lab.restoreDeviceFile(file);
  const { device, settings } = restored;
  if (json) context.print(JSON.stringify(restored, null, 2));
  else context.print(settings === 0 ? `${device}: no run left anything changed` : `${device}: ${settings} settings are as before`);
}

const ACTIONS = new Map([
  ["check", check],
  ["restore", restore],
]);

export const devicesCommand: Command = {
  name: "devices",
  summary: "say what can be measured on a device, or put its settings back",
  help: `Usage: tempograph devices check|restore [FILE] [options]

check    looks at everything that measuring uses on the device that FILE describes (docs/measuring.md), this machine by
         default: its cores, what of its state can be read and set, its engines. Nothing is changed.
restore  puts back the clocks that a run which was killed left changed there. The next run on the device does so too.

  --json      as JSON
  -h, --help  this text

Exit code 1 when something is wrong: measuring would not work as the file says, or a setting could not be put back. What
is only missing will be missing in the rows too, never guessed.`,

  async run(args, context) {
    const [name = "", file, ...rest] = args.filter((arg) => !arg.startsWith("-"));
    const action = ACTIONS.get(name);
    if (action === undefined || rest.length > 0) {
      throw new UsageError("devices needs check or restore and at most one file, such as devices check device.yaml.");
    }
    const { values } = readArgs(args, { json: { type: "boolean" } }, file === undefined ? [name] : [name, "FILE"]);
    const lab = await importLab(() => import("../../lab/devices/index.js"));
    await withLabErrors(lab, () => action(lab, file ?? null, values.json === true, context));
  },
};
