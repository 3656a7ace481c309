import { readArgs } from "../args.js";
import { UnfinishedError, UsageError, type CliContext, type Command } from "../context.js";
import { table } from "../format.js";
import { importLab, stopSignal, withLabErrors } from "../lab.js";

const OPTIONS = {
  plan: { type: "string" },
  devices: { type: "string", multiple: true },
  device: { type: "string" },
  redis: { type: "string" },
  out: { type: "string" },
} as const;

interface Report {
  readonly group: string;
  readonly path: string;
  readonly rows: number;
  readonly open: number;
  readonly absent: readonly string[];
}

/** `--devices a.yaml b.yaml` as one option for each: node:util's parser knows no options with several values. */
function spreadDevices(args: readonly string[]): readonly string[] {
  const at = args.indexOf("--devices");
  if (at === -1) return args;
  const rest = args.slice(at + 1);
  const end = rest.findIndex((arg) => arg.startsWith("-"));
  const files = end === -1 ? rest : rest.slice(0, end);
  return [...args.slice(0, at), ...files.flatMap((file) => ["--devices", file]), ...(end === -1 ? [] : rest.slice(end))];
}

function needed<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new UsageError(`farm needs ${what}.`);
  return value;
}

function show(reports: readonly Report[], context: CliContext): void {
  context.print(table(["devices", "rows", "open", "file"], reports.map(({ group, rows, open, path }) => [group, `${rows}`, `${open}`, path]), "lrrl"));
  for (const { absent } of reports) for (const text of absent) context.remark(text);
  const open = reports.reduce((sum, report) => sum + report.open, 0);
  if (open > 0) throw new UnfinishedError(`${open} rows of the plan are not there yet`);
}

async function farm(args: readonly string[], context: CliContext): Promise<void> {
  const [action] = args[0]?.startsWith("-") === false ? args : [];
  const { values } = readArgs(spreadDevices(args), OPTIONS, action === undefined ? [] : ["enqueue, work or collect"]);
  const { out = "measurements" } = values;
  const { remark } = context;
  if (action === undefined) {
    const planPath = needed(values.plan, "--plan FILE");
    const devicePaths = needed(values.devices, "--devices FILE...");
    const lab = await importLab(() => import("../../lab/farm/index.js"));
    show(await lab.runFarm({ planPath, devicePaths, out, stop: stopSignal(context, "the rows"), remark }), context);
    return;
  }
  if (!["enqueue", "work", "collect"].includes(action)) throw new UsageError(`farm knows enqueue, work and collect, not ${action}.`);
  const url = needed(values.redis ?? context.environment["TEMPOGRAPH_REDIS"], "--redis URL, such as redis://localhost:6379");
  const queue = await importLab(() => import("../../lab/farm/redis/index.js"));
  if (action === "work") {
    const count = await queue.work({ url, devicePath: needed(values.device, "--device FILE"), stop: stopSignal(context, "the rows"), remark });
    context.remark(`${count} cells were measured and handed in`);
    return;
  }
  const settings = { url, planPath: needed(values.plan, "--plan FILE"), devicePaths: needed(values.devices, "--devices FILE..."), out };
  if (action === "collect") show(await queue.collect({ ...settings, remark }), context);
  else for (const [group, count] of await queue.enqueue(settings)) context.print(`${group}: ${count} cells wait`);
}

export const farmCommand: Command = {
  name: "farm",
  summary: "measure one plan on many devices",
  help: `Usage: tempograph farm --plan FILE --devices FILE... [options]
       tempograph farm enqueue --plan FILE --devices FILE... --redis URL
       tempograph farm work --device FILE --redis URL
       tempograph farm collect --plan FILE --devices FILE... --redis URL

Measures one plan on many devices at once, one cell at a time on each (docs/measuring.md). Devices whose files say the
same kind share the work: what one that goes away had begun, another one does. From this process, or over a queue on
Redis: enqueue puts the cells there, each worker measures on one device, collect writes the rows. Stopped or killed, it
goes on where it was when it is started again.

  --plan FILE     the plan
  --devices F...  the files of the devices
  --device F      the file of a worker's device
  --redis URL     the queue, such as redis://localhost:6379; default $TEMPOGRAPH_REDIS
  --out FOLDER    where the rows go, a file for each kind; default measurements
  -h, --help      this text

Exit code 1 when some rows of the plan are not there yet.`,

  async run(args, context) {
    const lab = await importLab(() => import("../../lab/farm/index.js"));
    await withLabErrors(lab, () => farm(args, context));
  },
};
