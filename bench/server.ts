import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { buildApp } from "../dist/http/app.js";
import { warmUp } from "../dist/http/warm-up.js";
import { loadTargets } from "../dist/predict/index.js";

/**
 * The service in a process of its own, beside a server that only counts the bytes it receives. It keeps a single model,
 * so that uploads of two models in turn are never known. Answers every message of its parent with its resident memory.
 */
const registry = await loadTargets("weights");
// As `tempograph serve` does before it listens.
warmUp(registry, readFileSync("examples/mobilenetv2.onnx"));
const app = await buildApp({ registry, limits: { maxModels: 1 } });
await app.listen({ host: "127.0.0.1", port: 0 });

const nothing = createServer((request: IncomingMessage, response: ServerResponse) => {
  let bytes = 0;
  request.on("data", (chunk: Buffer) => (bytes += chunk.length));
  request.on("end", () => response.end(JSON.stringify({ bytes })));
});
nothing.listen(0, "127.0.0.1", () => {
  const service = (app.server.address() as AddressInfo).port;
  process.send?.({ service, nothing: (nothing.address() as AddressInfo).port });
});

let peak = 0;
const watch = (): void => {
  peak = Math.max(peak, process.memoryUsage.rss());
};
setInterval(watch, 2).unref();
process.on("message", (message) => {
  watch();
  if (message === "reset") peak = process.memoryUsage.rss();
  process.send?.({ rss: process.memoryUsage.rss(), peak });
});
process.on("disconnect", () => process.exit(0));
