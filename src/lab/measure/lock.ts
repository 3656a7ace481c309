import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";

/** Another process is at work on the same file. */
export class LockedError extends Error {
  override readonly name = "LockedError";
}

/** Whether a process of this machine runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not ours to signal, but there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * Claims a file for this process by another one beside it that holds the process id. A claim of a process that is
 * gone does not count. Returns how to give it back. Throws LockedError.
 */
export function claim(path: string): () => void {
  const lock = `${path}.lock`;
  for (;;) {
    try {
      const file = openSync(lock, "wx");
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      const owner = Number(readFileSync(lock, "utf8"));
      if (owner > 0 && isAlive(owner)) throw new LockedError(`${path} is being written by process ${owner}: wait for it, or choose another file`);
      rmSync(lock, { force: true });
    }
  }
}
