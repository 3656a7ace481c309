import { readArgs } from "../args.js";
import { UnfinishedError, UsageError, type Command } from "../context.js";
import { table } from "../format.js";
import { importLab } from "../lab.js";

export const devicesCommand: Command = {
  name: "devices",
  summary: "say what can be measured on a device",
  help: `Usage: tempograph devices check [FILE] [options]

Looks at everything that measuring uses on the device that FILE describes (docs/measuring.md), this machine by default:
its cores, what of its state can be read and set, its engines. Nothing is changed.

  --json      as JSON
  -h, --help  this text

Exit code 1 when something is wrong: measuring would not work as the file says. What is only missing will be missing in
the rows too, never guessed.`,

  async run(args, context) {
    const [action, file, ...rest] = args.filter((arg) => !arg.startsWith("-"));
    if (action !== "check" || rest.length > 0) throw new UsageError("devices needs check and at most one file, such as devices check device.yaml.");
    const { values } = readArgs(args, { json: { type: "boolean" } }, file === undefined ? ["check"] : ["check", "FILE"]);
    const lab = await importLab(() => import("../../lab/devices/index.js"));
    try {
      const findings = await lab.checkDeviceFile(file ?? null);
      const rows = findings.map(({ what, verdict, detail, advice }) => [what, verdict, detail, advice]);
      context.print(values.json === true ? JSON.stringify(findings, null, 2) : table(["what", "", "found", "what to do"], rows, "llll"));
      const count = findings.filter(({ verdict }) => verdict === "wrong").length;
      if (count > 0) throw new UnfinishedError(`${count} ${count === 1 ? "thing is" : "things are"} wrong`);
    } catch (error) {
      if (error instanceof lab.SettingsError) throw new UsageError(error.message);
      throw error;
    }
  },
};
