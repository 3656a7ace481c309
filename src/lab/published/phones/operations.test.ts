import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PublishedDataError } from "../csv.js";
import { type PhoneOperation, PhoneProfiles, readPhoneOperations } from "./operations.js";

/** Rows of the published form; every latency in them is made up. */
const TFLITE = [
  "model,operation,feature,pixel4|gpu|float,pixel4|gpu|kernel,a03s|gpu|float,a03s|gpu|kernel",
  `resnet10,CONV_2D,"{'Input_shape': '56', 'Input_channel': 64, 'Output_shape': '56', 'Stride': '1', 'Kernel': '1', 'Filter': '64', 'Group': '1', 'FLOPS': '25690112'}",12.5,conv,,`,
  `resnet10,MEAN,"{'Input_shape': '7', 'Stride': '-', 'FLOPS': '50176'}",2,mean,3,mean`,
];
const TORCH = [
  "model,operation,feature,iphonexs|gpu|float,iphonexs|gpu|kernel",
  `resnet10,vulkan_prepack::run_linear_context,"{'input_shape': 512, 'output_shape': 1000, 'flops': 1023000}",4,addmm`,
  `resnet10,vulkan_prepack::run_conv2d_context,"{'input_channel': 24, 'output_channel': 24, 'groups': 3, 'flops': 5419008}",6,conv2d`,
];

describe("profiles of phones' GPUs", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "phones-operations-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const read = (tflite: readonly string[], torch: readonly string[] = TORCH): readonly PhoneOperation[] => {
    writeFileSync(join(folder, "tflite_cnn_ops_gpu.csv"), tflite.join("\n"));
    writeFileSync(join(folder, "torch_cnn_ops_gpu.csv"), torch.join("\n"));
    return readPhoneOperations(folder);
  };

  it("tell kind, MACs and latency of each operation that a phone timed", () => {
    const common = { model: "resnet10", engine: "tflite" };
    expect(read(TFLITE).filter(({ engine }) => engine === "tflite")).toEqual([
      { ...common, device: "pixel4", kind: "product", macs: 12845056, latencyUs: 12.5 },
      { ...common, device: "pixel4", kind: "global-pool", macs: 0, latencyUs: 2 },
      { ...common, device: "a03s", kind: "global-pool", macs: 0, latencyUs: 3 },
    ]);
    expect(read(TFLITE).filter(({ engine }) => engine === "torch")).toMatchObject([
      { kind: "product", macs: 512_000 },
      { kind: "product", macs: 5_419_008 },
    ]);
  });

  it("are kept by network, engine and phone", () => {
    const profiles = new PhoneProfiles(read(TFLITE));
    expect(profiles.of({ model: "resnet10", engine: "tflite", device: "pixel4" })).toHaveLength(2);
    expect(profiles.of({ model: "resnet10", engine: "torch", device: "pixel4" })).toEqual([]);
  });

  it("are refused with an operation that is not known, or without its FLOPs", () => {
    expect(() => read(TFLITE.map((line) => line.replace("MEAN", "GUESS")))).toThrow(PublishedDataError);
    expect(() => read(TFLITE.map((line) => line.replace("FLOPS", "MACS")))).toThrow(/CONV_2D lacks a number/);
  });
});
