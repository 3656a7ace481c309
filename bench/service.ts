import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { fileURLToPath } from "node:url";

/** As `npm start` has it: what a large graph allocates need not be copied while the graph is built. */
export const YOUNG_GENERATION = ["--max-semi-space-size=64"];

export interface Answer {
  readonly status: number;
  readonly body: { readonly modelId: string; readonly timingsMs: { readonly afterLastByte: number } };
}

/** The service in a process of its own, and a server that only receives (server.ts). */
export class Service {
  private constructor(
    private readonly child: ChildProcess,
    /** Port of the service, and of the server that only receives. */
    readonly ports: { readonly service: number; readonly nothing: number },
  ) {}

  static async start(): Promise<Service> {
    const child = fork(fileURLToPath(new URL("server.js", import.meta.url)), { execArgv: YOUNG_GENERATION });
    const [ports] = (await once(child, "message")) as [Service["ports"]];
    return new Service(child, ports);
  }

  /** Its resident memory, and the most since `reset` was asked for. */
  async memory(message: "reset" | "peak"): Promise<{ readonly rss: number; readonly peak: number }> {
    const answer = once(this.child, "message");
    this.child.send(message);
    const [memory] = (await answer) as [{ rss: number; peak: number }];
    return memory;
  }

  close(): void {
    this.child.disconnect();
  }
}

/** @throws Error with the answer where its status is not 200 */
export async function post(port: number, path: string, type: string, body: Buffer | string): Promise<Answer> {
  const answer = await new Promise<Answer>((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port, path, method: "POST", headers: { "content-type": type } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Answer["body"] });
      });
    });
    call.on("error", reject);
    call.setHeader("content-length", Buffer.byteLength(body));
    call.end(body);
  });
  if (answer.status !== 200) throw new Error(`POST ${path}: ${JSON.stringify(answer)}`);
  return answer;
}
