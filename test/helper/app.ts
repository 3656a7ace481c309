import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { buildApp, type AppOptions } from "../../src/http/app.js";
import type { App } from "../../src/http/types.js";
import { fakeRegistry } from "./fake-registry.js";

export interface TestServer {
  readonly app: App;
  readonly url: string;
  readonly port: number;
  /** Fails unless the server still answers. */
  isAlive(): Promise<void>;
}

async function start(options: Partial<AppOptions>): Promise<TestServer> {
  const app = await buildApp({ registry: fakeRegistry(), ...options });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const isAlive = async () => {
    const response = await fetch(`${url}/v2/health/live`);
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`the server answers ${response.status}`);
  };
  return { app, url, port: Number(new URL(url).port), isAlive };
}

async function stop({ app }: TestServer): Promise<void> {
  app.server.closeAllConnections();
  await app.close();
}

/** The service with fake predictors, listening on a free port; it closes itself when the test ends. */
export async function listen(options: Partial<AppOptions> = {}): Promise<TestServer> {
  const server = await start(options);
  onTestFinished(() => stop(server));
  return server;
}

/** The same for all tests of a file or a describe block. */
export function useServer(options: Partial<AppOptions> = {}): () => TestServer {
  let server: TestServer | undefined;
  beforeAll(async () => {
    server = await start(options);
  });
  afterAll(() => (server === undefined ? undefined : stop(server)));
  return () => {
    if (server === undefined) throw new Error("the server has not been started");
    return server;
  };
}

/** A bare connection, for what no client library sends. */
export interface RawConnection {
  readonly socket: Socket;
  /** Everything received until the other side closed the connection. */
  readonly closed: Promise<string>;
  /** What was received, as soon as it holds the text. */
  until(text: string): Promise<string>;
}

export function openRaw(port: number): RawConnection {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  let received = "";
  const listeners = new Set<() => void>();
  socket.setEncoding("latin1").on("data", (text: string) => {
    received += text;
    for (const listener of listeners) listener();
  });
  socket.on("error", () => undefined);
  const closed = new Promise<string>((resolve) => socket.once("close", () => resolve(received)));
  const until = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const check = () => {
        if (received.includes(text)) resolve(received);
      };
      listeners.add(check);
      void closed.then(() => reject(new Error(`closed before ${text}: ${received}`)));
      check();
    });
  return { socket, closed, until };
}

/** Sends one request as written and waits for the status line. */
export async function sendRaw(port: number, ...chunks: readonly (string | Buffer)[]): Promise<string> {
  const raw = openRaw(port);
  for (const chunk of chunks) raw.socket.write(chunk);
  return raw.until("\r\n\r\n");
}
