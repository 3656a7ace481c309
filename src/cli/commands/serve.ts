import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { limitsFromEnvironment, type Limits } from "../../http/limits.js";
import { PACKAGE_ROOT, packageVersion } from "../../http/package-info.js";
import { readArgs } from "../args.js";
import { UsageError, type CliContext, type Command } from "../context.js";

const STATE = '{"utilization":0.35}';
const EXAMPLE = join(PACKAGE_ROOT, "examples", "mobilenetv2.onnx");

/** A command that predicts a model of the package, from where the user is. */
function curlLine(url: string): string {
  const near = relative(process.cwd(), EXAMPLE);
  const shown = !existsSync(EXAMPLE) ? "model.onnx" : near.startsWith("..") ? EXAMPLE : near;
  const quoted = /^[\w./-]+$/.test(shown) ? `model=@${shown}` : `'model=@"${shown}"'`;
  return `curl -s -F ${quoted} -F 'state=${STATE}' ${url}/predict`;
}

function portOf(text: string): number {
  const port = Number(text);
  if (text.trim() === "" || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`"${text}" is not a port; it must be an integer from 0 to 65535.`);
  }
  return port;
}

function limitsOf(environment: CliContext["environment"]): Partial<Limits> {
  try {
    return limitsFromEnvironment(environment);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

export const serveCommand: Command = {
  name: "serve",
  summary: "start the REST service",
  help: `Usage: tempograph serve [options]

  --host H    address to listen on; default: HOST, or 127.0.0.1
  --port P    port to listen on, 0 for any free one; default: PORT, or 8080
  --targets F folder of calibrated targets, which POST /targets adds to; default: TARGETS, or none
  -h, --help  this text

Environment: HOST, PORT, LOG_LEVEL (warn), TEMPOGRAPH_WEIGHTS (folder of the predictors), TARGETS, MAX_UPLOAD_BYTES,
MAX_BODY_BYTES, MAX_CONCURRENT, MAX_CONCURRENT_PER_CLIENT, MAX_CONNECTIONS, REQUEST_TIMEOUT_MS, SNAPSHOT_TTL_MS,
MAX_MODELS, MAX_MODEL_STORE_BYTES, MAX_TARGETS, MAX_MEASUREMENTS.`,

  async run(args, context) {
    const { environment, print } = context;
    const { values } = readArgs(args, { host: { type: "string" }, port: { type: "string" }, targets: { type: "string" } }, []);
    const host = values.host ?? environment.HOST ?? "127.0.0.1";
    const port = portOf(values.port ?? environment.PORT ?? "8080");
    const limits = limitsOf(environment);
    const targetsFolder = values.targets ?? environment["TARGETS"];
    // Loaded here, so that no other command waits for the web framework.
    const { startServer } = await import("../../http/server.js");
    const { warmUp } = await import("../../http/warm-up.js");
    const registry = await context.loadRegistry();
    if (existsSync(EXAMPLE)) warmUp(registry, readFileSync(EXAMPLE));
    const version = packageVersion();
    const server = await startServer({
      registry,
      host,
      port,
      version,
      limits,
      logLevel: environment.LOG_LEVEL ?? "warn",
      processMetrics: true,
      ...(targetsFolder === undefined || targetsFolder === "" ? {} : { targetsFolder }),
    });
    const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
    const url = `http://${reachable}:${server.port}`;
    const targets = server.targets;
    print(`tempograph ${version} listens on ${url} with ${targets} ${targets === 1 ? "target" : "targets"}; the API is at ${url}/docs`);
    print(`Try:  ${curlLine(url)}`);
    await context.stopped();
    await server.close();
  },
};
