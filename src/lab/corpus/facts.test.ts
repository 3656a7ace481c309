import { describe, expect, it } from "vitest";
import { origins, readExport } from "../../../test/corpus/exports.js";
import { factsOf } from "./facts.js";

describe("facts of a file", () => {
  const name = "sklearn-pca";
  const dims = new Map(Object.entries(origins.get(name)?.dims ?? {}));
  const facts = factsOf(`${name}.onnx`, readExport(name), dims);

  it("hold its totals and each node with the names, types and shapes of its outputs", () => {
    expect(facts).toMatchObject({ file: "sklearn-pca.onnx", unsupported: [], macs: origins.get(name)?.macs });
    expect(facts.nodes).toMatchObject([
      { opType: "Sub", inputs: ["input", "mean"], outputs: [{ name: "sub_result", shape: [1, 20] }] },
      { opType: "MatMul", inputs: ["sub_result", "transform_matrix"], outputs: [{ dtype: "float32", shape: [1, 8] }] },
    ]);
  });

  it("sum up: the nodes' multiply-accumulates are the file's", () => {
    expect(facts.nodes.reduce((sum, { macs }) => sum + (macs ?? 0), 0)).toBe(facts.macs);
  });
});
