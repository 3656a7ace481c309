import { parseArgs } from "node:util";
import { artifactDirectory } from "../../model/artifact.js";
import { initBackend } from "../../model/backend.js";
import { shipNas } from "../evaluate/nas/ship.js";
import { NAS_SPACES } from "../published/nas/architecture.js";
import { trainPhones } from "../published/phones/train.js";
import { rewriteIntervals } from "./intervals.js";
import { trainRecorded } from "./recorded.js";
import { rewriteMemory } from "./rewrite-memory.js";

const USAGE = `usage: npm run train -- [--data datasets/epyc-avx512] [--target epyc-avx512.onnxruntime.float32.1core] [--out weights]
                        [--slowdowns FOLDER] [--memory FOLDER] [--version 1.3.1] [--seed 1]
       npm run train -- --intervals-only [--data D] [--slowdowns FOLDER] [--other datasets/epyc-avx2] [--target T] [--out weights] [--version V]
       npm run train -- --memory-only [--data D] [--memory FOLDER] [--target T] [--out weights] [--version V]
       npm run train -- --target phones --published FOLDER [--out weights] [--version 1.0.0] [--seed 1]
       npm run train -- --target nasbench201|fbnet --published FOLDER [--out weights] [--version 1.0.0] [--seed 1]

Trains the shipped predictor of a recorded dataset and writes it as weights/<device>-<engine>/<version>. The same data,
seed and backend give the same weights. TEMPOGRAPH_BACKEND=tensorflow trains on the native library. --intervals-only
computes the intervals of weights that are there again, from five folds of the models that may train and five of their families, and
which kernels they have seen; where there is a profile of every kernel, also how well slowdowns carry over from and to another machine's dataset. A run that
was ended goes on where it was. --slowdowns names a
dataset whose loaded rows teach slowdowns as well, of another engine on the same kind of machine. --memory names
the folder of what memory the networks take, where it is not D-memory; --memory-only fits that of weights that are there. Of phones it trains
those of published tables in FOLDER (tflite_cnn.csv, torch_cnn.csv), of a search space those of FOLDER/nas.
`;

/** Not one target but all configurations of published tables. */
const PHONES = "phones";
const RECORDED_VERSION = "1.3.1";
const PUBLISHED_VERSION = "1.0.0";

const log = (message: string): void => void process.stderr.write(`${message}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: "string", default: "datasets/epyc-avx512" },
      target: { type: "string", default: "epyc-avx512.onnxruntime.float32.1core" },
      out: { type: "string", default: "weights" },
      slowdowns: { type: "string" },
      published: { type: "string" },
      version: { type: "string" },
      seed: { type: "string", default: "1" },
      memory: { type: "string" },
      "intervals-only": { type: "boolean", default: false },
      "memory-only": { type: "boolean", default: false },
      other: { type: "string", default: "datasets/epyc-avx2" },
      help: { type: "boolean", default: false },
    },
  });
  const { target, published, out, data, slowdowns, memory, other } = values;
  const seed = Number(values.seed);
  const space = NAS_SPACES.find((name) => name === target);
  const [device = "", engine = "", precision = "", cores = ""] = target.split(".");
  const fromTables = target === PHONES || space !== undefined;
  if (values.help || !Number.isSafeInteger(seed) || (fromTables ? published === undefined : cores === "")) {
    log(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const version = values.version ?? (fromTables ? PUBLISHED_VERSION : RECORDED_VERSION);
  const directory = artifactDirectory(out, `${device}-${engine}`, version);
  if (published !== undefined && target === PHONES) await trainPhones({ published, out, version, seed, log });
  else if (published !== undefined && space !== undefined) await shipNas({ published, space, out, version, seed, log });
  else if (values["memory-only"]) await rewriteMemory({ directory, data, memory, log });
  else if (values["intervals-only"]) {
    const { tf } = await initBackend();
    await rewriteIntervals(tf, { directory, data, slowdowns, other, log });
  } else await trainRecorded({ data, slowdowns, memory, target: { id: target, device, engine, precision, cores }, out, version, seed, log });
}

await main();
