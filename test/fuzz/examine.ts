import { KERNEL_FEATURE_NAMES } from "../../src/features/kernel-features.js";
import type { ModelFeatures } from "../../src/features/model-features.js";
import { summarize } from "../../src/graph/summary.js";
import type { Random } from "../../src/model/random.js";
import { OnnxReader, readOnnx } from "../../src/onnx/reader.js";
import { OnnxStripper } from "../../src/onnx/stripper.js";
import type { OnnxModel } from "../../src/onnx/types.js";
import type { TargetPredictor } from "../../src/predict/types.js";
import { loweringBreaches } from "../helper/lowering-breaches.js";
import { answerOf, difference, type Answer } from "./answer.js";

/** What must never happen, and did. */
export interface Breach {
  readonly rule: "exception" | "slow" | "memory" | "chunks" | "strip" | "kernels" | "features" | "prediction";
  readonly detail: string;
}

export interface Examination {
  /** `features`, or the code of the error. */
  readonly outcome: string;
  readonly milliseconds: number;
  readonly breach: Breach | null;
}

export const MOST_MILLISECONDS = 1000;
/** Of the whole process, with its corpus and its predictor. */
export const MOST_RESIDENT_BYTES = 640 * 2 ** 20;
const PREDICTED_SHARE = 0.02;
const RUNS_TO_BE_SLOW = 3;

class BreachError extends Error {
  constructor(readonly breach: Breach) {
    super(breach.detail);
  }
}

/** Sends one input through the front end and checks what has to hold for any bytes whatever. */
export function examine(bytes: Uint8Array, random: Random, target: TargetPredictor): Examination {
  const started = performance.now();
  const outcome = outcomeOf(bytes, random, target);
  const milliseconds = performance.now() - started;
  if (typeof outcome !== "string") return { outcome: outcome.rule, milliseconds, breach: outcome };
  const breach = milliseconds > MOST_MILLISECONDS ? slowness(bytes, random, target) : null;
  return { outcome, milliseconds, breach };
}

/** A breach when the input takes too much processor time each time: a busy machine or the collector is no fault of an input. */
function slowness(bytes: Uint8Array, random: Random, target: TargetPredictor): Breach | null {
  let fastest = Infinity;
  for (let run = 0; run < RUNS_TO_BE_SLOW; run += 1) {
    const started = process.cpuUsage();
    outcomeOf(bytes, random, target);
    const { user, system } = process.cpuUsage(started);
    fastest = Math.min(fastest, (user + system) / 1000);
  }
  return fastest > MOST_MILLISECONDS ? { rule: "slow", detail: `${fastest.toFixed(0)} ms` } : null;
}

/** `features`, the code of the error, or the rule that was broken. */
function outcomeOf(bytes: Uint8Array, random: Random, target: TargetPredictor): string | Breach {
  try {
    return check(bytes, random, target);
  } catch (error) {
    if (error instanceof BreachError) return error.breach;
    return { rule: "exception", detail: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Whether the process holds too much by now. */
export function memoryBreach(): Breach | null {
  const resident = process.memoryUsage.rss();
  if (resident <= MOST_RESIDENT_BYTES) return null;
  return { rule: "memory", detail: `${(resident / 2 ** 20).toFixed(0)} MiB resident` };
}

function check(bytes: Uint8Array, random: Random, target: TargetPredictor): string {
  const answer = answerOf(() => readInChunks(bytes, random));
  compareWithStripped(bytes, answer);
  if (answer.stage !== "features") return answer.error.code;
  checkFeatures(answer.features);
  if (random.uniform() < PREDICTED_SHARE) checkPrediction(answer.features, target);
  return "features";
}

function readInChunks(bytes: Uint8Array, random: Random): OnnxModel {
  const reader = new OnnxReader();
  const longest = 1 + random.integer(random.uniform() < 0.5 ? 16 : 4096);
  for (let start = 0; start < bytes.length; ) {
    const end = start + 1 + random.integer(longest);
    reader.push(bytes.subarray(start, end));
    start = end;
  }
  return reader.end();
}

/** The stripper reads the file as one chunk: what it says must be what the chunks said, and its file must give the same answer. */
function compareWithStripped(bytes: Uint8Array, answer: Answer): void {
  let stripped: Uint8Array | undefined;
  const whole = answerOf(() => {
    const stripper = new OnnxStripper();
    stripper.push(bytes);
    const result = stripper.end();
    stripped = Uint8Array.from(result.bytes);
    return result.model;
  });
  const chunked = difference(answer, whole);
  if (chunked !== null) throw new BreachError({ rule: "chunks", detail: chunked });
  if (stripped === undefined) return;
  const small = stripped;
  const again = difference(answer, answerOf(() => readOnnx(small)));
  if (again !== null) throw new BreachError({ rule: "strip", detail: again });
}

function checkFeatures({ graph, kernelGraph, kernelMatrix }: ModelFeatures): void {
  const [breach] = loweringBreaches(kernelGraph);
  if (breach !== undefined) throw new BreachError({ rule: "kernels", detail: breach });
  const at = kernelMatrix.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    const width = KERNEL_FEATURE_NAMES.length;
    const kernel = kernelGraph.kernels[Math.floor(at / width)];
    const detail = `${KERNEL_FEATURE_NAMES[at % width] ?? "?"} of ${kernel?.op ?? "?"} is ${kernelMatrix[at] ?? NaN}`;
    throw new BreachError({ rule: "features", detail });
  }
  const dims = graph.values.flatMap((value) => value.fact.shape ?? []);
  const wrong = dims.find((dim) => typeof dim === "number" && !(Number.isSafeInteger(dim) && dim >= 0));
  if (wrong !== undefined) throw new BreachError({ rule: "features", detail: `a dimension is ${wrong ?? "?"}` });
  const unwhole = Object.entries(graph.totals).find(([, value]) => !Number.isSafeInteger(value) || value < 0);
  if (unwhole !== undefined) throw new BreachError({ rule: "features", detail: `total ${unwhole.join(" = ")}` });
  JSON.stringify(summarize(graph, kernelGraph.fusedInto));
}

function checkPrediction({ graph }: ModelFeatures, target: TargetPredictor): void {
  const { latencyMs, interval, layers } = target.predict(target.embed(graph), { utilization: 0.3 });
  const numbers = [latencyMs, interval.lowMs, interval.highMs, ...layers.map((layer) => layer.latencyMs)];
  const wrong = numbers.find((value) => !Number.isFinite(value) || value < 0);
  if (wrong !== undefined) throw new BreachError({ rule: "prediction", detail: `a latency of ${wrong} ms` });
}
