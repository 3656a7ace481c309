import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { PREFIX } from "./connection.js";

const POLL_MS = 200;
const IF_MINE = "if redis.call('get', KEYS[1]) == ARGV[1] then";
const EXTEND = `${IF_MINE} return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0`;
const RELEASE = `${IF_MINE} return redis.call('del', KEYS[1]) end return 0`;

/**
 * Waits until no other worker measures on a host, and keeps it so during `work`. The claim of a worker that died ends
 * by itself after `lockMs`. Null where `stop` was aborted before the host was free.
 */
export async function withHost<T>(redis: Redis, host: string, lockMs: number, stop: AbortSignal, work: () => Promise<T>): Promise<T | null> {
  const key = `${PREFIX}:host:${host}`;
  const token = randomUUID();
  while ((await redis.set(key, token, "PX", lockMs, "NX")) === null) {
    if (stop.aborted) return null;
    await sleep(POLL_MS);
  }
  const renewal = setInterval(() => void redis.eval(EXTEND, 1, key, token, lockMs).catch(() => undefined), lockMs / 3);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    await redis.eval(RELEASE, 1, key, token);
  }
}
