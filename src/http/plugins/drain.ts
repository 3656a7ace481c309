import type { IncomingMessage } from "node:http";
import type { Limits } from "../limits.js";
import type { App } from "../types.js";

/**
 * Reads on, without keeping anything, what a client still sends of a body that was answered already. A connection that
 * is cut with bytes unread is reset, and the answer may be lost with it; so past the limit the service only stops
 * reading and sends no more, and cuts when the time is over.
 */
function drain(request: IncomingMessage, limits: Limits): void {
  const { socket } = request;
  let left = limits.drainBytes;
  const timer = setTimeout(() => socket.destroy(), limits.drainMs);
  const stop = () => clearTimeout(timer);
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left >= 0) return;
    request.pause();
    socket.end();
  });
  request.on("error", stop).once("close", stop).once("end", stop);
  request.unpipe();
  request.resume();
}

/** True while bytes of the request's body may still come. */
function isUnfinished(request: IncomingMessage): boolean {
  const { "content-length": length, "transfer-encoding": coding } = request.headers;
  return !request.complete && (coding !== undefined || Number(length ?? 0) > 0);
}

/**
 * Answers that come before the last byte of the request keep the connection until the rest has been read. A client
 * that asked to close gets its wish after that: Node would cut the connection at the end of the answer.
 */
export function useDrain(app: App, limits: Limits): void {
  app.addHook("onSend", async (request, reply, payload) => {
    if (isUnfinished(request.raw)) {
      void reply.removeHeader("connection");
      if (!reply.raw.shouldKeepAlive) request.raw.once("end", () => request.raw.socket.end());
      reply.raw.shouldKeepAlive = true;
    }
    return Promise.resolve(payload);
  });
  app.addHook("onResponse", async (request) => {
    if (isUnfinished(request.raw) && !request.raw.destroyed) drain(request.raw, limits);
    return Promise.resolve();
  });
}
