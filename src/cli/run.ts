import { ProblemError } from "../http/problems.js";
import { StateError } from "../hardware/state-error.js";
import { packageVersion } from "../http/package-info.js";
import { ListenError } from "../http/listen-error.js";
import { ModelError } from "../wire/errors.js";
import { calibrateCommand } from "./commands/calibrate.js";
import { devicesCommand } from "./commands/devices.js";
import { farmCommand } from "./commands/farm.js";
import { inspectCommand } from "./commands/inspect.js";
import { measureCommand } from "./commands/measure.js";
import { predictCommand } from "./commands/predict.js";
import { serveCommand } from "./commands/serve.js";
import { snapshotCommand } from "./commands/snapshot.js";
import { stripCommand } from "./commands/strip.js";
import { targetsCommand } from "./commands/targets.js";
import { UnfinishedError, UsageError, type CliContext, type Command } from "./context.js";

const COMMANDS: readonly Command[] = [
  predictCommand,
  inspectCommand,
  stripCommand,
  snapshotCommand,
  targetsCommand,
  calibrateCommand,
  serveCommand,
  measureCommand,
  farmCommand,
  devicesCommand,
];

const HELP = `Usage: tempograph COMMAND [options]

Tells how long a neural network will take on a device, in the state that device is in.

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`).join("\n")}

  -h, --help     this text, or a command's
  -v, --version  the version

Exit codes: 0 done, 1 the model cannot be read or predicted, or something could not be measured, 2 the command line is
wrong.`;

export type ExitCode = 0 | 1 | 2;

function describeModelError({ code, message, detail }: ModelError): string {
  const where = [
    detail.node === undefined ? "" : `node ${detail.node}`,
    detail.opType === undefined ? "" : `operator ${detail.opType}`,
    detail.field === undefined ? "" : `field ${detail.field}`,
    detail.byteOffset === undefined ? "" : `byte ${detail.byteOffset}`,
  ].filter((text) => text !== "");
  return `${code}: ${message}${where.length === 0 ? "" : ` (${where.join(", ")})`}`;
}

function report(error: unknown, context: CliContext): ExitCode {
  if (error instanceof ModelError) {
    context.remark(`tempograph: ${describeModelError(error)}`);
    return 1;
  }
  if (error instanceof ListenError || error instanceof UnfinishedError || (error instanceof ProblemError && error.problem === "unpredictable")) {
    context.remark(`tempograph: ${error.message}`);
    return 1;
  }
  if (error instanceof Error && error.name === "TargetFileError") {
    context.remark(`tempograph: ${error.message}`);
    return 2;
  }
  if (error instanceof UsageError || error instanceof StateError || error instanceof ProblemError) {
    context.remark(`tempograph: ${error.message}`);
    return 2;
  }
  context.remark(`tempograph: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return 1;
}

/** Runs one command line, without the program's name, and returns the exit code. Never throws. */
export async function run(args: readonly string[], context: CliContext): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === "-v" || name === "--version") {
    context.print(packageVersion());
    return 0;
  }
  if (name === "-h" || name === "--help" || name === "help") {
    context.print(HELP);
    return 0;
  }
  const command = COMMANDS.find((each) => each.name === name);
  if (command === undefined) {
    context.remark(name === undefined ? HELP : `tempograph: there is no command "${name}".\n\n${HELP}`);
    return 2;
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    context.print(command.help);
    return 0;
  }
  try {
    await command.run(rest, context);
    return 0;
  } catch (error) {
    return report(error, context);
  }
}
