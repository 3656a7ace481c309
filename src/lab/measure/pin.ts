import { execFileSync } from "node:child_process";

/** Keeps all threads of this process on one core. False where the system has no `taskset`. */
export function pinSelf(core: number): boolean {
  try {
    execFileSync("taskset", ["-a", "-c", "-p", String(core), String(process.pid)], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
