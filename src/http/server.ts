import type { AddressInfo } from "node:net";
import { buildApp, openTargets, type AppOptions } from "./app.js";
import { ListenError } from "./listen-error.js";
import type { App } from "./types.js";

export interface ServerOptions extends AppOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface RunningServer {
  readonly app: App;
  readonly host: string;
  readonly port: number;
  /** How many are served. */
  readonly targets: number;
  /** Stops listening, lets requests under way finish within the grace time, then cuts what is left. */
  close(): Promise<void>;
}

const GRACE_MS = 10_000;

function explain(error: unknown, { host, port }: ServerOptions): ListenError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return new ListenError(`Port ${port} on ${host} is taken. Choose another one with PORT.`);
  if (code === "EACCES") return new ListenError(`Port ${port} on ${host} needs more rights. Choose one above 1023 with PORT.`);
  return new ListenError(`Cannot listen on ${host}, port ${port}: ${message}`);
}

/** Builds the service and listens. Throws ListenError, TargetFileError. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const registry = await openTargets(options);
  const app = await buildApp({ ...options, registry });
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (error) {
    await app.close();
    throw explain(error, options);
  }
  const { port } = app.server.address() as AddressInfo;
  const close = async () => {
    const cut = setTimeout(() => app.server.closeAllConnections(), GRACE_MS);
    await app.close();
    clearTimeout(cut);
  };
  return { app, host: options.host, port, targets: registry.list().length, close };
}
