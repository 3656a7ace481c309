import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";

/** The process ended, or did not answer in time and was ended. */
export class ProcessLost extends Error {
  override readonly name = "ProcessLost";
}

/** The process answered `{"ok": false, "error": message}`. */
export class RequestRefused extends Error {
  override readonly name = "RequestRefused";
}

export interface LineProcessOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** A request that takes longer ends the process. */
  readonly timeoutMs: number;
}

interface Pending {
  readonly resolve: (answer: Readonly<Record<string, unknown>>) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

const KEPT_STDERR = 4096;
const CLOSE_GRACE_MS = 2000;
const NEWLINE = 10;

/** A child process that answers JSON requests, one line each; a request may carry binary bytes after its line. */
export class LineProcess {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly timeoutMs: number;
  private pending: Pending | null = null;
  private chunks: Buffer[] = [];
  private stderr = "";
  private sinceRequest = "";
  private lost: ProcessLost | null = null;

  constructor(command: string, args: readonly string[], options: LineProcessOptions) {
    this.timeoutMs = options.timeoutMs;
    this.child = spawn(command, args, {
      stdio: "pipe",
      env: { ...process.env, ...options.environment },
      // A group of its own: Ctrl-C in a terminal is for this program alone, which ends what it started in its own time.
      detached: true,
    });
    this.child.stdout.on("data", (chunk: Buffer) => this.receive(chunk));
    this.child.stderr.on("data", (chunk: Buffer) => {
      this.stderr = (this.stderr + chunk.toString()).slice(-KEPT_STDERR);
      this.sinceRequest = (this.sinceRequest + chunk.toString()).slice(-KEPT_STDERR);
    });
    // Writing to a process that has just died fails here; its exit is what gets reported.
    this.child.stdin.on("error", () => undefined);
    this.child.on("error", (error) => this.lose(`${command} cannot be started: ${error.message}`));
    this.child.on("close", (code, signal) => {
      this.lose(`the process ended (${signal ?? `exit code ${code}`}): ${this.stderr.trim() || "it said nothing"}`);
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get alive(): boolean {
    return this.lost === null;
  }

  /** What the process printed beside its answers since the last request; the end of it where that is long. */
  get remarks(): string {
    return this.sinceRequest.trim();
  }

  /** One request at a time. Throws RequestRefused with the process's message, or ProcessLost. */
  request(op: string, fields: Readonly<Record<string, unknown>> = {}, bytes?: Uint8Array): Promise<Readonly<Record<string, unknown>>> {
    if (this.lost !== null) return Promise.reject(this.lost);
    if (this.pending !== null) throw new Error("a request is under way");
    this.sinceRequest = "";
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.child.kill("SIGKILL");
        this.lose(`no answer to ${op} within ${this.timeoutMs} ms`);
      }, this.timeoutMs);
      this.pending = { resolve, reject, timer };
      const header = bytes === undefined ? { op, ...fields } : { op, ...fields, bytes: bytes.length };
      this.child.stdin.write(`${JSON.stringify(header)}\n`);
      if (bytes !== undefined) this.child.stdin.write(bytes);
    });
  }

  /** Ends the process by closing its input; kills it where that does not help. Never throws. */
  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined) return;
    const closed = once(this.child, "close");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), CLOSE_GRACE_MS);
    this.child.stdin.end();
    await closed;
    clearTimeout(timer);
  }

  private receive(chunk: Buffer): void {
    this.chunks.push(chunk);
    if (chunk.at(-1) !== NEWLINE) return;
    const line = Buffer.concat(this.chunks).toString();
    this.chunks = [];
    const pending = this.settle();
    if (pending === null) return;
    try {
      const answer = JSON.parse(line) as Readonly<Record<string, unknown>>;
      if (answer["ok"] === true) pending.resolve(answer);
      else pending.reject(new RequestRefused(String(answer["error"])));
    } catch {
      pending.reject(new RequestRefused(`not an answer: ${line.slice(0, 200)}`));
    }
  }

  private lose(message: string): void {
    this.lost ??= new ProcessLost(message);
    this.settle()?.reject(this.lost);
  }

  private settle(): Pending | null {
    const { pending } = this;
    this.pending = null;
    if (pending !== null) clearTimeout(pending.timer);
    return pending;
  }
}
