import { type CliContext, UnfinishedError, UsageError } from "./context.js";

/**
 * Loads a part of the lab. The service and the other commands never do: the lab uses what is installed for
 * development only. Throws UsageError where that is not there.
 */
export async function importLab<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    throw new UsageError(`measuring needs a checkout with its development packages (npm ci): ${error.message}`);
  }
}

/** What a part of the lab throws for people: settings that are wrong, a device that is gone or cannot be set. */
export interface LabErrors {
  readonly SettingsError: abstract new (...args: never) => Error;
  readonly DeviceUnreachable: abstract new (...args: never) => Error;
  readonly CannotSet: abstract new (...args: never) => Error;
}

/** Runs a step of the lab; its errors become the command line's. */
export async function withLabErrors(lab: LabErrors, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (error instanceof lab.SettingsError) throw new UsageError(error.message);
    if (error instanceof Error && "code" in error && error.code === "ENOSPC") {
      throw new UnfinishedError("the disk is full: make room and run the same command again");
    }
    if (error instanceof lab.DeviceUnreachable || error instanceof lab.CannotSet) throw new UnfinishedError(error.message);
    throw error;
  }
}

/** Aborted by Ctrl-C; `what` is finished first. */
export function stopSignal(context: CliContext, what: string): AbortSignal {
  const stop = new AbortController();
  void context.stopped().then(() => {
    context.remark(`finishing ${what} in flight; run the same command again to go on`);
    stop.abort();
  });
  return stop.signal;
}
