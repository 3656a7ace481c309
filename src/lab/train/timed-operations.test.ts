import { describe, expect, it } from "vitest";
import { modelFeatures } from "../../features/model-features.js";
import { buildGraph } from "../../graph/build.js";
import { readOnnx } from "../../onnx/reader.js";
import { zooModel } from "../zoo/index.js";
import { partsByKind, type TimedOperation } from "./timed-operations.js";

describe("parts of a network by kinds of operations", () => {
  const { facts } = modelFeatures(buildGraph(readOnnx(zooModel("resnet-0").onnx)), { engine: "ncnn", channelBlock: 0 });
  const products = [...facts.keys()].filter((row) => (facts[row]?.macs ?? 0) > 0);
  const operation = (row: number, latencyUs = 1): TimedOperation => ({ kind: "product", macs: facts[row]?.macs ?? 0, latencyUs });

  it("hold every product once, those of as many MACs together", () => {
    const parts = partsByKind(facts, products.map((row) => operation(row, 10)));
    expect(parts.flatMap(({ kernels }) => kernels).sort((a, b) => a - b)).toEqual(products);
    for (const { kernels, latencyUs } of parts) {
      expect(latencyUs).toBe(10 * kernels.length);
      expect(new Set(kernels.map((row) => facts[row]?.macs)).size).toBe(1);
    }
  });

  it("are none where the engine ran another number of kernels", () => {
    const [first = 0] = products;
    const alike = products.filter((row) => facts[row]?.macs === facts[first]?.macs).map((row) => operation(row));
    expect(partsByKind(facts, alike)).toHaveLength(1);
    expect(partsByKind(facts, [...alike, operation(first)])).toEqual([]);
    expect(partsByKind(facts, [{ ...operation(first), macs: 1 }])).toEqual([]);
  });
});
