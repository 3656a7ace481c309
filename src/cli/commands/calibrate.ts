import type { TargetFile } from "../../predict/calibration/index.js";
import type { TargetRegistry } from "../../predict/types.js";
import { readArgs } from "../args.js";
import { fromBenchncnn, fromCsv, fromHere, importNewDevice, type NamedMeasurement } from "../calibration-networks.js";
import { UsageError, type CliContext, type Command } from "../context.js";
import { milliseconds, percent, quantity, table } from "../format.js";

const OPTIONS = {
  target: { type: "string" },
  measurements: { type: "string" },
  benchncnn: { type: "string" },
  models: { type: "string" },
  local: { type: "boolean" },
  networks: { type: "string" },
  choose: { type: "string" },
  write: { type: "string" },
  base: { type: "string" },
  machine: { type: "string" },
  out: { type: "string" },
  json: { type: "boolean" },
} as const;

const MIN_NETWORKS = 3;
const MAX_NETWORKS = 30;
const LOCAL_NETWORKS = "12";

type Values = ReturnType<typeof readArgs<typeof OPTIONS>>["values"];

function countOf(text: string, option: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= MIN_NETWORKS && count <= MAX_NETWORKS) return count;
  throw new UsageError(`--${option} must be an integer from ${MIN_NETWORKS} to ${MAX_NETWORKS}, not "${text}".`);
}

async function trainedBase(registry: TargetRegistry, name: string | undefined) {
  const { TrainedTarget } = await import("../../predict/trained-target.js");
  const target = registry.get(name ?? registry.defaultTarget);
  if (target instanceof TrainedTarget) return target;
  throw new UsageError(`There is no trained target "${name ?? registry.defaultTarget}" to start from.`);
}

async function choose(values: Values, context: CliContext): Promise<void> {
  const count = countOf(values.choose ?? "", "choose");
  const lab = await importNewDevice();
  const models = lab.chooseReferences(await trainedBase(await context.loadRegistry(), values.base), count);
  const rows = models.map(({ id, note = "", inputs, info }) => [id, note, (inputs[0]?.shape ?? []).join("x"), quantity(Number(info["macs"] ?? 0))]);
  context.print(table(["network", "what", "input", "MACs"], rows, "lllr"));
  if (values.write === undefined) return;
  const lacking = await lab.writeNetworks(models, values.write);
  context.remark(`wrote ${models.length} networks and measurements.csv, to be filled in, to ${values.write}`);
  if (lacking !== null) context.remark(`their weights are declared, not carried: to make them up, run npm run lab:setup (${lacking})`);
}

async function measure(values: Values, context: CliContext): Promise<NamedMeasurement[]> {
  const { measurements, benchncnn, local = false } = values;
  const sources = [measurements, benchncnn].filter((source) => source !== undefined).length + (local ? 1 : 0);
  if (sources !== 1) throw new UsageError("Give one of --measurements FILE, --benchncnn LOG and --local (or --choose K).");
  if (measurements !== undefined) return fromCsv(measurements, context);
  if (benchncnn !== undefined) return fromBenchncnn(benchncnn, values.models, context);
  const count = countOf(values.networks ?? LOCAL_NETWORKS, "networks");
  return fromHere(await trainedBase(await context.loadRegistry(), values.base), count, context);
}

function describe(file: TargetFile, measurements: readonly NamedMeasurement[], predictedMs: readonly number[]): string {
  const { target, base, bias, corrections, crossValidated, interval, networks } = file;
  const rows = measurements.map(({ name, latencyMs }, i) => {
    const predicted = predictedMs[i] ?? NaN;
    return [name, milliseconds(latencyMs), milliseconds(predicted), `${(100 * (predicted / latencyMs - 1)).toFixed(1)} %`];
  });
  const classes = Object.entries(corrections)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
    .map(([name, value]) => `${name} ${Math.exp(value).toFixed(2)}`);
  return [
    table(["network", "measured", "fitted", "error"], rows, "lrrr"),
    "",
    `target    ${target}, from ${networks} networks`,
    `base      ${base.target}, times ${Number(Math.exp(bias).toPrecision(3))}`,
    ...(classes.length === 0 ? [] : [`classes   beside that, times ${classes.slice(0, 6).join(", ")}`]),
    `expected  ${crossValidated.mapePercent.toFixed(1)} % error, ${percent(crossValidated.within10Percent / 100)} within 10 % (networks left out in turn)`,
    `interval  ${percent(interval.coverage)} within a factor of ${Math.exp(interval.halfWidth).toFixed(2)}`,
  ].join("\n");
}

export const calibrateCommand: Command = {
  name: "calibrate",
  summary: "make a target of a few measured networks",
  help: `Usage: tempograph calibrate --target T (--measurements FILE | --benchncnn LOG | --local) [options]
       tempograph calibrate --choose K [--write FOLDER]

Makes a target of a new device from at least three measured networks: the kernels of a target that ships, scaled by class
so that the measurements fit. Says which error to expect, by leaving each network out in turn (docs/calibration.md).

  --target T           the new target's name, device.engine.precision.cores
  --measurements FILE  CSV: an ONNX file or the name of a reference network, its latency in ms
  --benchncnn LOG      what benchncnn printed
  --models FOLDER      graphs of the log's networks, NAME.onnx
  --local              measure reference networks here, with ONNX Runtime on one core; about two minutes
  --networks K         how many; default ${LOCAL_NETWORKS}
  --choose K           list the K reference networks (3 to 30) that tell most, to measure them on a device
  --write FOLDER       and write them there
  --base T             the target to start from; default: the one that fits best
  --machine TEXT       what was measured on, in your words
  --out FOLDER         where the target's file goes; default TARGETS, or targets
  --json               print the target's file
  -h, --help           this text

Then: tempograph serve --targets FOLDER`,

  async run(args, context) {
    const { values } = readArgs(args, OPTIONS, []);
    if (values.choose !== undefined) {
      await choose(values, context);
      return;
    }
    const { target, base, machine } = values;
    if (target === undefined) throw new UsageError("calibrate needs --target device.engine.precision.cores.");
    const { calibrateTarget, CalibrationError, isTargetName, writeTargetFile } = await import("../../predict/calibration/index.js");
    const { calibratedTarget } = await import("../../predict/calibration/calibrated-target.js");
    if (!isTargetName(target)) throw new UsageError(`"${target}" is not of the form device.engine.precision.cores.`);
    const measurements = await measure(values, context);
    const registry = await context.loadRegistry();
    if (registry.get(target) !== undefined) throw new UsageError(`${target} is a target that ships; choose another name.`);
    try {
      const options = { ...(base === undefined ? {} : { base }), ...(machine === undefined ? {} : { machine }) };
      const file = calibrateTarget(registry, { target, measurements, ...options });
      const made = calibratedTarget(registry, file);
      const fitted = measurements.map(({ embed }) => made.predict(embed(made), {}).latencyMs);
      const path = await writeTargetFile(values.out ?? context.environment["TARGETS"] ?? "targets", file);
      context.print(values.json === true ? JSON.stringify(file, null, 2) : describe(file, measurements, fitted));
      context.remark(`written to ${path}`);
    } catch (error) {
      throw error instanceof CalibrationError ? new UsageError(error.message) : error;
    }
  },
};
