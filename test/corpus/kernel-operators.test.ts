import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { buildGraph } from "../../src/graph/build.js";
import { lowerToKernels } from "../../src/graph/kernels/lower.js";
import { readOnnx } from "../../src/onnx/reader.js";
import { callsOf, differences, operatorCounts } from "../helper/operator-counts.js";
import { fixtureNames, readFixture } from "./fixtures.js";

/** Where the recording was made, blocks held 16 channels: `python/optimised_operators.py`. */
const CHANNEL_BLOCK = 16;
const FOLDER = join(import.meta.dirname, "onnxruntime");

const recorded = new Map(
  Object.entries(
    JSON.parse(readFileSync(join(FOLDER, "operators.json"), "utf8")) as Record<string, Record<string, number>>,
  ),
);

const TRANSPOSES = "ONNX Runtime pushes transpositions through other operators until they meet and cancel; not lowered.";
const PADS = "No pad is left before these poolings; the shipped predictor learned pads that stay.";
const AGAIN = "A file that was optimised before is optimised again: what two runs do differs from what one does.";

/** What is known to differ, and why. */
const KNOWN: ReadonlyMap<string, readonly [why: string, differences: readonly string[]]> = new Map([
  ["bert-optimised", [AGAIN, ["Reshape 24, not 20"]]],
  ["mobile-blocked", [AGAIN, ["ReorderOutput 2, not 1"]]],
  ["mobile-dynamic-optimised", [AGAIN, ["ReorderInput 1, not 0", "ReorderOutput 1, not 0"]]],
  ["mobile-dynamic", ["The first pooling of floats stays plain, though its channels fill blocks.", ["ReorderInput 1, not 0", "ReorderOutput 1, not 0"]]],
  ["mobile-optimised", [AGAIN, ["Add 1, not 0", "ReorderInput 6, not 0", "ReorderOutput 6, not 1"]]],
  ["mobile-qoperator", ["QLinearConv in the file is transposed to channels last.", ["Transpose 0, not 2"]]],
  ["pytorchcv-alexnet-torchscript9", [PADS, ["Pad 4, not 0"]]],
  ["pytorchcv-octresnet10_ad2-torchscript17", ["Equal poolings of one value run once, and four more sums with their activations become part of convolutions.", ["Add 4, not 0", "AveragePool 19, not 12", "Relu 4, not 0"]]],
  ["pytorchcv-shufflenet_g3_w1-torchscript9", [PADS, ["Pad 4, not 0", "ReorderInput 21, not 19", "ReorderOutput 21, not 20"]]],
  ["torchvision-convnext_tiny-dynamo18", [TRANSPOSES, ["Transpose 46, not 19"]]],
  ["torchvision-convnext_tiny-torchscript17", [TRANSPOSES, ["ReorderInput 19, not 18", "ReorderOutput 23, not 22", "Transpose 46, not 19"]]],
  ["torchvision-swin_t-dynamo18", [TRANSPOSES, ["Transpose 74, not 73"]]],
  ["torchvision-swin_t-torchscript17", [TRANSPOSES, ["ReorderInput 1, not 0", "ReorderOutput 2, not 1", "Transpose 74, not 73"]]],
  ["torchvision-vit_b_16-dynamo18", [TRANSPOSES, ["Transpose 97, not 49"]]],
  ["torchvision-vit_b_16-torchscript17", [TRANSPOSES, ["Reshape 169, not 133", "Transpose 85, not 49"]]],
]);

const files: readonly (readonly [name: string, bytes: () => Uint8Array])[] = [
  ...fixtureNames.map((name) => [name, () => readFixture(name)] as const),
  ...readdirSync(FOLDER)
    .filter((file) => file.endsWith(".onnx.gz"))
    .map((file) => [file.replace(/\.gz$/, ""), () => gunzipSync(readFileSync(join(FOLDER, file)))] as const),
].map(([name, bytes]) => [name.replace(/\.onnx$/, ""), bytes] as const);

describe("the operators that ONNX Runtime 1.32 runs", () => {
  it.each(files)("%s", (name, bytes) => {
    const lowered = lowerToKernels(buildGraph(readOnnx(bytes())), { engine: "onnxruntime", channelBlock: CHANNEL_BLOCK });
    const theirs = operatorCounts(Object.entries(recorded.get(name) ?? {}));
    expect(theirs.size).toBeGreaterThan(0);
    expect(differences(operatorCounts(callsOf(lowered)), theirs)).toEqual(KNOWN.get(name)?.[1] ?? []);
  });

  it("are recorded of no other file, and of no other are differences known", () => {
    const names = files.map(([name]) => name).sort();
    expect([...recorded.keys()].sort()).toEqual(names);
    expect([...KNOWN.keys()].filter((name) => !names.includes(name))).toEqual([]);
  });
});
