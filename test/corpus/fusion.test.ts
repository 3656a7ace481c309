import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { buildGraph } from "../../src/graph/build.js";
import { lowerToKernels } from "../../src/graph/kernels/lower.js";
import { ENGINE_NAMES, isEngineName } from "../../src/graph/kernels/rules/engines.js";
import { PATTERN_IDS } from "../../src/graph/kernels/rules/patterns.js";
import type { Graph } from "../../src/graph/types.js";
import { readOnnx } from "../../src/onnx/reader.js";
import { fusionTable, patternsOf } from "../helper/fusion-table.js";
import { callsOf, differences, operatorCounts } from "../helper/operator-counts.js";

/**
 * One small model for each pattern (`python/fusion_cases.py`), and the operators that engines or their converters were
 * seen to leave of it (`python/optimised_operators.py`, `python/converted_operators.py`).
 */
const FOLDER = join(import.meta.dirname, "fusion");

const cases: readonly (readonly [string, Graph])[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".onnx.gz"))
  .map((file) => [
    file.replace(/\.onnx\.gz$/, ""),
    buildGraph(readOnnx(gunzipSync(readFileSync(join(FOLDER, file))))),
  ]);

/** Operators by engine and case; null where the converter refuses. */
const seen = new Map(
  Object.entries(
    JSON.parse(readFileSync(join(FOLDER, "operators.json"), "utf8")) as Record<
      string,
      Record<string, Record<string, number> | null>
    >,
  ),
);

const graphOf = (name: string): Graph => {
  const found = cases.find(([id]) => id === name);
  if (found === undefined) throw new RangeError(`no case ${name}`);
  return found[1];
};

describe("ONNX Runtime runs these operators", () => {
  it.each(cases)("%s", (name, graph) => {
    // The recording's processor has blocks of 16 channels.
    const ours = operatorCounts(callsOf(lowerToKernels(graph, { engine: "onnxruntime", channelBlock: 16 })));
    const theirs = operatorCounts(Object.entries(seen.get("onnxruntime")?.[name] ?? {}));
    expect(differences(ours, theirs)).toEqual([]);
  });
});

/** What a file holds besides kernels: copies between layouts, and clamps and pads that XNNPACK takes in when it prepares. */
const NO_KERNELS: ReadonlyMap<string, readonly string[]> = new Map([
  ["tflite", ["RELU", "RELU6", "RELU_N1_TO_1", "PAD"]],
]);

/** Cases in which a converter writes one operator as several, or the count says nothing: their difference is no fusion. */
const TAKEN_APART: ReadonlyMap<string, readonly string[]> = new Map([
  [
    "mnn",
    [
      // Products become convolutions among computations of shapes.
      "attention", "gemm-activation", "gemm-batch-norm", "matmul-add", "matmul-add.tokens", "matmul-scale.after",
      "matmul-scale.before", "split-parts.gather",
      // Activations become arithmetic.
      "conv-hard-sigmoid", "conv-mish", "conv-prelu", "hard-swish.gate",
    ],
  ],
  // Views are put around products and norms; squeezed convolutions become products after the pool.
  ["ncnn", ["gelu-bias", "matmul-scale.after", "matmul-scale.before", "rms-norm.div", "rms-norm.one-over", "rms-norm.reciprocal"]],
  [
    "tflite",
    [
      // Operators that TensorFlow Lite does not have become arithmetic.
      "batch-norm-activation", "batch-norm-scale", "conv-hard-sigmoid", "conv-mish", "gelu-erf.half-factor",
      "gelu-erf.half-x", "gelu-erf.times", "gelu-tanh.pow", "gelu-tanh.products", "gemm-batch-norm", "hard-swish.gate",
      "rms-norm.one-over", "skip-layer-norm",
      // Views are put around them.
      "split-parts.gather", "squeeze-excite",
    ],
  ],
  // It has no HardSwish; the two functions that stand for it are written before it reads the file.
  ["mindspore", ["conv-hard-swish"]],
]);

/** The count does not tell what was the model's: a transposition, or a clamp that stands alone. */
const UNCLEAR: ReadonlyMap<string, readonly string[]> = new Map([
  ["tflite", ["matmul-transpose", "relu-clip", "split-parts.two"]],
]);

/** onnx2tf moves the channels last at the model's input, once, by a transposition that is not the model's. */
function transpositions(engine: string, counts: Record<string, number> | null | undefined): number {
  return engine === "tflite" && counts?.TRANSPOSE !== undefined ? 1 : 0;
}

describe.each(ENGINE_NAMES.filter((engine) => engine !== "onnxruntime"))("%s keeps as many operators", (engine) => {
  const counts = seen.get(engine) ?? {};
  const comparable = cases.filter(
    // Quantised operators of these engines are not lowered.
    ([name]) =>
      !name.startsWith("qdq") &&
      counts[name] !== null &&
      [TAKEN_APART, UNCLEAR].every((names) => names.get(engine)?.includes(name) !== true),
  );

  it.each(comparable)("%s", (name, graph) => {
    const kept = Object.entries(counts[name] ?? {}).filter(([op]) => NO_KERNELS.get(engine)?.includes(op) !== true);
    const theirs = kept.reduce((sum, [, count]) => sum + count, 0) - transpositions(engine, counts[name]);
    // Copies between layouts stand in no file.
    const ours = callsOf(lowerToKernels(graph, { engine, channelBlock: 0 })).filter(([call]) => !call.startsWith("Reorder"));
    expect(ours).toHaveLength(theirs);
  });

  it("in no fewer cases than it should: those named as taken apart differ", () => {
    const same = (TAKEN_APART.get(engine) ?? []).filter((name) => {
      const theirs = Object.values(counts[name] ?? {}).reduce((sum, count) => sum + count, 0);
      return callsOf(lowerToKernels(graphOf(name), { engine, channelBlock: 0 })).length === theirs;
    });
    expect(same).toEqual([]);
  });
});

describe("docs/fusion.md", () => {
  it("holds the table that the rules make", () => {
    expect(readFileSync(join(import.meta.dirname, "../../docs/fusion.md"), "utf8")).toContain(fusionTable());
  });

  it("has no row of what was neither seen done nor seen left undone", () => {
    const done = new Set(ENGINE_NAMES.flatMap((engine) => [...patternsOf(engine)]));
    const shown = new Set(cases.map(([name]) => name.replace(/\..*$/, "")));
    expect(PATTERN_IDS.filter((id) => !done.has(id) && !shown.has(id))).toEqual([]);
  });
});

it("knows engines by their names and no other", () => {
  expect(["onnxruntime", "ncnn", "constructor", "__proto__", ""].map(isEngineName)).toEqual([true, true, false, false, false]);
});
