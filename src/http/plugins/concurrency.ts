import type { Limits } from "../limits.js";
import { ProblemError } from "../problems.js";
import type { App } from "../types.js";

const BODYLESS = new Set(["GET", "HEAD", "OPTIONS"]);
const RETRY_AFTER_SECONDS = 1;

/**
 * Bounds the requests with a body that are under way at once: 429 for a client that has too many, 503 when all
 * together are too many; both with Retry-After. A place is given back when the connection or the answer ends.
 */
export function useConcurrencyLimit(app: App, limits: Limits): void {
  let running = 0;
  const byClient = new Map<string, number>();

  app.addHook("onRequest", async (request, reply) => {
    if (BODYLESS.has(request.method)) return;
    const client = request.ip;
    const own = byClient.get(client) ?? 0;
    if (own >= limits.maxConcurrentPerClient) {
      throw new ProblemError("too-many-requests", `At most ${limits.maxConcurrentPerClient} requests at once for each client.`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    if (running >= limits.maxConcurrent) {
      throw new ProblemError("overloaded", `At most ${limits.maxConcurrent} requests at once.`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    running++;
    byClient.set(client, own + 1);
    reply.raw.once("close", () => {
      running--;
      const left = (byClient.get(client) ?? 1) - 1;
      if (left === 0) byClient.delete(client);
      else byClient.set(client, left);
    });
    return Promise.resolve();
  });
}
