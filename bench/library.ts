import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildGraph } from "../dist/graph/build.js";
import { readOnnxFile } from "../dist/cli/onnx-file.js";
import { loadTargets } from "../dist/predict/index.js";
import { fullSizeModel } from "./models.js";
import { spread, timeMs } from "./statistics.js";

const ROUNDS = 30;
const WARM_UP = 30;
const KNOWN_ROUNDS = 500;

/** A model file on disk to its latency through library calls, beside merely reading the file. */
export async function benchLibrary(print: (line: string) => void): Promise<void> {
  const registry = await loadTargets("weights");
  const target = registry.get(registry.defaultTarget);
  if (target === undefined) throw new Error("no predictor");
  const folder = mkdtempSync(join(tmpdir(), "tempograph-bench-"));
  try {
    for (const name of ["mobilenetv2", "resnet50"] as const) {
      const path = join(folder, `${name}.onnx`);
      writeFileSync(path, fullSizeModel(name));
      const read: number[] = [];
      const predict: number[] = [];
      for (let round = -WARM_UP; round < ROUNDS; round += 1) {
        const justRead = await timeMs(async () => {
          for await (const chunk of file(path)) if (chunk.length === 0) break;
        });
        const whole = await timeMs(async () => {
          const model = target.embed(buildGraph(await readOnnxFile(path)));
          return target.predict(model, { utilization: 0.3 });
        });
        if (round < 0) continue;
        read.push(justRead);
        predict.push(whole);
      }
      print(`${name}, file to answer through the library   ${spread(predict, "ms")}; reading the file alone ${spread(read, "ms")}`);
      const embedded = target.embed(buildGraph(await readOnnxFile(path)));
      const known: number[] = [];
      for (let i = 0; i < KNOWN_ROUNDS; i += 1) {
        known.push(await timeMs(() => target.predict(embedded, { utilization: (i % 90) / 100 })));
      }
      print(`${name}, known, new state, through the library   ${spread(known.slice(KNOWN_ROUNDS / 2), "ms")}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function file(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: 1 << 20 });
}
