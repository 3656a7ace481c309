import { fullSizeModel } from "./models.js";
import { type Answer, post, Service } from "./service.js";
import { median, spread, timeMs } from "./statistics.js";

const ROUNDS = 15;
const WARM_UP = 5;
const KNOWN_ROUNDS = 200;

/** Uploads over loopback, side by side with a server that only receives, and known models with new states. */
export async function benchHttp(print: (line: string) => void): Promise<void> {
  const service = await Service.start();
  const { ports } = service;
  const models = { mobilenetv2: fullSizeModel("mobilenetv2"), resnet50: fullSizeModel("resnet50") };
  const octets = "application/octet-stream";
  const times = new Map<string, { nothing: number[]; predict: number[]; after: number[] }>();
  let growth = 0;
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (const [name, bytes] of Object.entries(models)) {
      const nothing = await timeMs(() => post(ports.nothing, "/", octets, bytes));
      const before = (await service.memory("reset")).rss;
      let answer: Answer | undefined;
      const predict = await timeMs(async () => {
        answer = await post(ports.service, "/predict?utilization=0.3", octets, bytes);
      });
      if (round < 0 || answer === undefined) continue;
      if (name === "resnet50") growth = Math.max(growth, (await service.memory("peak")).peak - before);
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
  service.close();
}
