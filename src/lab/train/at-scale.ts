import os from "node:os";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { ENGINE_SCHEMA, factorFeatures } from "../../features/factor-features.js";
import { modelFeatures } from "../../features/model-features.js";
import type { HardwareState } from "../../features/state.js";
import { buildGraph } from "../../graph/build.js";
import { initBackend, type Tf } from "../../model/backend.js";
import { IdleEnginePredictor } from "../../model/engine.js";
import { createRandom, type Random } from "../../model/random.js";
import { readOnnx } from "../../onnx/reader.js";
import { tableMarkdown } from "../evaluate/report.js";
import type { Split } from "../evaluate/splits.js";
import { buildVariant, FAMILIES } from "../zoo/index.js";
import type { Corpus } from "./corpus.js";
import { trainEngineFactors, trainingOf } from "./engine.js";
import type { IdleExample, LoadedExample } from "./examples.js";
import { loadCorpus } from "./load-corpus.js";
import { idleStatesOf, trainSlowdownOf } from "./pipeline.js";

const USAGE = `usage: npm run lab:train-at-scale -- [--data datasets/epyc-genoa-ncnn] [--variants 100,1000] [--states 25] [--out FILE]

How long training takes, and how much memory, with as many rows as nobody has measured: so many variants of each of ten families,
each in so many states, one of them idle, beside the dataset's sweep. The networks are real, their latencies SYNTHETIC: nothing of
what is trained is kept.
`;
const SEED = 1;
/** Variants before it are measured in datasets. */
const FIRST_VARIANT = 1000;

/** What one training took. */
interface Taken {
  readonly networks: number;
  readonly rows: number;
  readonly featuresSeconds: number;
  readonly factorsSeconds: number;
  readonly slowdownSeconds: number;
  /** The most that the process held until then. */
  readonly memoryMiB: number;
}

const log = (message: string): void => void process.stderr.write(`${message}\n`);

async function seconds<T>(work: () => Promise<T> | T): Promise<readonly [T, number]> {
  const start = performance.now();
  const result = await work();
  return [result, (performance.now() - start) / 1000];
}

/** A busy core, traffic beside it, and how long a thread waits for its turn. */
function syntheticState(random: Random): HardwareState {
  return { utilization: random.uniform(), bandwidthGBs: 5 + 30 * random.uniform(), runDelayRatio: random.uniform() };
}

/** SYNTHETIC: the rough latencies of its kernels with some noise. */
function syntheticNetworks(variants: number, rules: Corpus["rules"], random: Random): IdleExample[] {
  return FAMILIES.flatMap((family) =>
    Array.from({ length: variants }, (_, i): IdleExample => {
      const id = `${family}-${FIRST_VARIANT + i}`;
      const features = modelFeatures(buildGraph(readOnnx(buildVariant(family, FIRST_VARIANT + i).onnx)), rules);
      const { logRoughUs } = factorFeatures(features, ENGINE_SCHEMA);
      const roughUs = logRoughUs.reduce((sum, log) => sum + Math.exp(log), 0);
      return { id, family, features, latencyUs: roughUs * Math.exp(0.02 * random.normal()), kernelUs: null };
    }),
  );
}

/** SYNTHETIC: a fair share of the core, and a little for the traffic. */
function syntheticLoaded(networks: readonly IdleExample[], states: number, random: Random): LoadedExample[] {
  return networks.flatMap(({ id, family, features, latencyUs: idleUs }) =>
    Array.from({ length: states - 1 }, (_, i): LoadedExample => {
      const state = syntheticState(random);
      const slowdown = (1 + (state.utilization ?? 0)) * (1 + 0.002 * (state.bandwidthGBs ?? 0)) * Math.exp(0.03 * random.normal());
      return { id, family, stateName: `state-${i}`, features, state, readings: [], latencyUs: idleUs * slowdown, idleUs };
    }),
  );
}

async function trainOn(tf: Tf, recorded: Corpus, variants: number, states: number): Promise<Taken> {
  const random = createRandom(SEED);
  const [idle, featuresSeconds] = await seconds(() => syntheticNetworks(variants, recorded.rules, random));
  const loaded = syntheticLoaded(idle, states, random);
  // Nothing but the sweep and states around idle passes is of the recording.
  const corpus: Corpus = { ...recorded, idle, loaded, further: [], borrowed: [] };
  const ids = new Set(idle.map(({ id }) => id));
  const split: Split = { training: new Set([...ids, ...recorded.idlePasses.keys()]), validation: new Set(), test: new Set() };
  log(`${idle.length} networks, ${idle.length + loaded.length} rows; ${idleStatesOf(corpus, split.training).length} states of idle passes`);
  const options = { ...trainingOf(recorded), seed: SEED, onProgress: log };
  const [factors, factorsSeconds] = await seconds(() => trainEngineFactors(tf, corpus, split, options));
  const [, slowdownSeconds] = await seconds(() => trainSlowdownOf(tf, corpus, new IdleEnginePredictor(null, factors), split, options));
  return {
    networks: idle.length,
    rows: idle.length + loaded.length,
    featuresSeconds,
    factorsSeconds,
    slowdownSeconds,
    memoryMiB: process.resourceUsage().maxRSS / 1024,
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: "string", default: "datasets/epyc-genoa-ncnn" },
      variants: { type: "string", default: "100,1000" },
      states: { type: "string", default: "25" },
      out: { type: "string" },
    },
  });
  const counts = values.variants.split(",").map(Number);
  const states = Number(values.states);
  if (![...counts, states].every((count) => Number.isSafeInteger(count) && count > 0)) {
    log(USAGE);
    process.exitCode = 2;
    return;
  }
  const { tf, name: backend } = await initBackend();
  const recorded = await loadCorpus(values.data, log);
  const rows: string[][] = [];
  for (const variants of counts) {
    const taken = await trainOn(tf, recorded, variants, states);
    const { featuresSeconds, factorsSeconds, slowdownSeconds } = taken;
    const whole = featuresSeconds + factorsSeconds + slowdownSeconds;
    rows.push([...[taken.networks, taken.rows].map(String), ...[featuresSeconds, factorsSeconds, slowdownSeconds, whole, taken.memoryMiB].map((value) => value.toFixed(0))]);
  }
  const table = tableMarkdown({
    head: ["networks", "rows", "features, s", "factors, s", "slowdown, s", "together, s", "memory, MiB"],
    rows,
  });
  const text = `# Training at scale

Written by \`npm run lab:train-at-scale -- --data ${values.data} --variants ${values.variants} --states ${values.states}\`: how long a predictor of an engine without a
profile trains, on variants of ten families that nobody measured, each idle and in ${states - 1} states, beside the ${recorded.sweep.length} models of the dataset's sweep.
The networks are real; their latencies are synthetic, so that this says what training takes and nothing of errors. Seed ${SEED},
backend ${backend}, ${os.cpus()[0]?.model.trim() ?? "unknown CPU"}, ${os.cpus().length} cores, Node ${process.version}.

${table}
`;
  if (values.out !== undefined) writeFileSync(values.out, text);
  process.stdout.write(text);
}

await main();
