import { execFileSync } from "node:child_process";
import os from "node:os";

/** Keeps all threads of this process on one core. False where the system has no `taskset`. */
export function pinSelf(core: number): boolean {
  try {
    execFileSync("taskset", ["-a", "-c", "-p", String(core), String(process.pid)], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A core of this machine that is none of these, for everything that is not the model; null where there is none. */
export function otherCore(taken: readonly number[]): number | null {
  const free = os.cpus().findIndex((_, core) => !taken.includes(core));
  return free === -1 ? null : free;
}
