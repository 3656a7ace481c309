import { Redis } from "ioredis";
import { DeviceUnreachable } from "../../devices/device.js";

/** Of every key and queue. */
export const PREFIX = "tempograph";
const TIMEOUT_MS = 5000;

/** Redis is no device, but as with one the work stays where it is until it answers again. */
function unreachable(url: string, reason: string): DeviceUnreachable {
  // A password may be in it.
  const host = URL.canParse(url) ? new URL(url).host : url;
  return new DeviceUnreachable(`Redis at ${host} does not answer: ${reason}: start it (Debian: redis-server), or give another --redis URL`);
}

/** Connects; later breaks are waited out. Throws DeviceUnreachable where nothing answers now. */
export async function connect(url: string): Promise<Redis> {
  const probe = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: TIMEOUT_MS });
  let reason = "";
  probe.on("error", (error: Error) => (reason = error.message));
  try {
    await probe.connect();
    await probe.ping();
  } catch (error) {
    throw unreachable(url, reason === "" ? String(error) : reason);
  } finally {
    probe.disconnect();
  }
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  // Each break is told of here; without a listener it would end the process.
  redis.on("error", () => undefined);
  return redis;
}

/** The same for BullMQ, which makes connections of its own. */
export function queueConnection(url: string): { readonly url: string; readonly maxRetriesPerRequest: null } {
  return { url, maxRetriesPerRequest: null };
}
