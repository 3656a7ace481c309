import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { RunResult } from "./device.js";

/**
 * Runs a program of this machine to its end, fed with `input` where there is one. Never throws. It is in a process group
 * of its own, since Ctrl-C in a terminal must not end what puts a device's settings back.
 *
 * @param timeoutMs after which it is killed; its code is null then
 */
export function runCommand(command: string, args: readonly string[], input?: Readable, timeoutMs?: number): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "pipe", detached: true, timeout: timeoutMs, killSignal: "SIGKILL" });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => void (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => void (stderr += chunk.toString()));
    // A program that ends before it has read its input is told of by its exit code.
    child.stdin.on("error", () => undefined);
    if (input === undefined) child.stdin.end();
    else input.pipe(child.stdin);
    child.on("error", (error) => resolve({ code: null, stdout, stderr: error.message }));
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
