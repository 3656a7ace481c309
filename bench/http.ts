import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { fileURLToPath } from "node:url";
import { fullSizeModel } from "./models.js";
import { median, spread, timeMs } from "./statistics.js";

const ROUNDS = 15;
const WARM_UP = 5;
const KNOWN_ROUNDS = 200;

interface Ports {
  readonly service: number;
  readonly nothing: number;
}

interface Answer {
  readonly status: number;
  readonly body: { readonly modelId: string; readonly timingsMs: { readonly afterLastByte: number } };
}

function post(port: number, path: string, type: string, body: Buffer | string): Promise<Answer> {
  return new Promise((resolve, reject) => {
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
}

async function ask(child: ChildProcess, message: string): Promise<{ rss: number; peak: number }> {
  const answer = once(child, "message");
  child.send(message);
  const [memory] = (await answer) as [{ rss: number; peak: number }];
  return memory;
}

/** Uploads over loopback, side by side with a server that only receives, and known models with new states. */
export async function benchHttp(print: (line: string) => void): Promise<void> {
  const child = fork(fileURLToPath(new URL("server.js", import.meta.url)));
  const [ports] = (await once(child, "message")) as [Ports];
  const models = { mobilenetv2: fullSizeModel("mobilenetv2"), resnet50: fullSizeModel("resnet50") };
  const octets = "application/octet-stream";
  const times = new Map<string, { nothing: number[]; predict: number[]; after: number[] }>();
  let growth = 0;
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (const [name, bytes] of Object.entries(models)) {
      const nothing = await timeMs(() => post(ports.nothing, "/", octets, bytes));
      const before = (await ask(child, "reset")).rss;
      let answer: Answer | undefined;
      const predict = await timeMs(async () => {
        answer = await post(ports.service, "/predict?utilization=0.3", octets, bytes);
      });
      if (answer?.status !== 200) throw new Error(`${name}: ${JSON.stringify(answer)}`);
      if (round < 0) continue;
      if (name === "resnet50") growth = Math.max(growth, (await ask(child, "peak")).peak - before);
      const list = times.get(name) ?? { nothing: [], predict: [], after: [] };
      list.nothing.push(nothing);
      list.predict.push(predict);
      list.after.push(answer.body.timingsMs.afterLastByte);
      times.set(name, list);
    }
  }
  for (const [name, { nothing, predict, after }] of times) {
    const megabytes = ((models[name as keyof typeof models]?.length ?? 0) / 1e6).toFixed(0);
    const ratios = predict.map((time, i) => time / (nothing[i] ?? NaN));
    print(`upload of ${name}, ${megabytes} MB, never seen before`);
    print(`  a server that only receives   ${spread(nothing, "ms")}`);
    print(`  POST /predict                 ${spread(predict, "ms")}`);
    print(`  ratio, pair by pair           ${median(ratios).toFixed(2)}`);
    print(`  last byte to answer           ${spread(after, "ms")}`);
  }
  print(`memory growth during the upload of resnet50: ${(growth / 2 ** 20).toFixed(0)} MiB at most`);

  const { body } = await post(ports.service, "/predict", octets, models.mobilenetv2);
  const known: number[] = [];
  for (let i = 0; i < KNOWN_ROUNDS; i += 1) {
    const state = { utilization: (i % 90) / 100, bandwidthGBs: 5 + (i % 7) };
    const json = JSON.stringify({ modelId: body.modelId, state });
    known.push(await timeMs(() => post(ports.service, "/predict", "application/json", json)));
  }
  print(`known model (mobilenetv2), new state, over HTTP   ${spread(known.slice(KNOWN_ROUNDS / 2), "ms")}`);
  child.disconnect();
}
