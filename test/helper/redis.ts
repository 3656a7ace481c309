import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.js";

const STARTS_WITHIN_MS = 10_000;

/** A real Redis on a free port of loopback that keeps nothing. */
export interface LoopbackRedis {
  readonly url: string;
  close(): Promise<void>;
}

/** Why no Redis can be started here, or null where one can. */
export function redisLacks(): string | null {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" });
    return null;
  } catch {
    return "no redis-server (Debian: redis-server)";
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

export async function startRedis(): Promise<LoopbackRedis> {
  const folder = mkdtempSync(join(tmpdir(), "tempograph-redis-"));
  const port = await freePort();
  const settings = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"];
  const server = spawn("redis-server", settings, { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const deadline = performance.now() + STARTS_WITHIN_MS;
  while (!(await answers(port))) {
    if (performance.now() > deadline || server.exitCode !== null) throw new Error("redis-server did not start");
    await sleep(20);
  }
  const close = async () => {
    server.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: `redis://127.0.0.1:${port}`, close };
}
