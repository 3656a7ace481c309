import type { Readable } from "node:stream";
import type { TargetRegistry } from "../predict/types.js";

/** What a command may touch of the world; tests give their own. */
export interface CliContext {
  readonly input: Readable;
  /** Results, to standard output. */
  readonly print: (text: string) => void;
  /** Remarks and errors, to standard error. */
  readonly remark: (text: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly loadRegistry: () => Promise<TargetRegistry>;
  /** Resolves when the user asks a running command to stop. */
  readonly stopped: () => Promise<void>;
}

/** One command of the command line. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly help: string;
  run(args: readonly string[], context: CliContext): Promise<void>;
}

/** The command line is wrong; the message says how. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command did what could be done; the message says what is left. Exit code 1. */
export class UnfinishedError extends Error {
  override readonly name = "UnfinishedError";
}
