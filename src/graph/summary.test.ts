import { expect, it } from "vitest";
import { modelOf, nodeOf, tensorOf, valueOf } from "../../test/helper/onnx.js";
import { buildGraph } from "./build.js";
import { summarize } from "./summary.js";

const graph = buildGraph(
  modelOf({
    inputs: [valueOf("x", [1, 3, 4, 4])],
    initializers: [tensorOf("w", [8, 3, 1, 1])],
    nodes: [
      nodeOf("Conv", ["x", "w"], ["c"], { name: "conv" }),
      nodeOf("Clip", ["c", "", ""], ["r"], { name: "relu6" }),
      nodeOf("Odd", ["r"], ["y"], { domain: "acme", name: "odd" }),
    ],
    valueInfo: [valueOf("y", ["K", null])],
    outputs: ["y"],
  }),
);

it("tells inputs, outputs, nodes and totals as plain JSON", () => {
  const summary = summarize(graph);
  expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
  expect(summary.inputs).toEqual([{ name: "x", dtype: "float32", shape: [1, 3, 4, 4] }]);
  expect(summary.outputs).toEqual([{ name: "y", dtype: "float32", shape: ["K", null] }]);
  expect(summary.opsets).toEqual([{ domain: "", version: 17 }]);
  expect(summary.nodes[0]).toEqual({
    name: "conv",
    domain: "",
    opType: "Conv",
    inputs: ["x", "w"],
    outputs: [{ name: "c", dtype: "float32", shape: [1, 8, 4, 4] }],
    flops: 2 * 3 * 128,
    bytes: (48 + 24 + 128) * 4,
    parameters: 24,
    folded: false,
    fusedInto: null,
  });
  expect(summary.nodes[1]?.inputs).toEqual(["c", "", ""]);
  expect(summary.totals).toEqual(graph.totals);
});

it("says null, not 0, where nothing is known", () => {
  const summary = summarize(graph);
  expect(summary.nodes[2]).toMatchObject({ opType: "Odd", domain: "acme", flops: null, bytes: null });
  expect(summary.unsupported).toEqual([{ operator: "acme:Odd", count: 1 }]);
});

it("names the node that an engine fuses another into", () => {
  expect(summarize(graph, new Map([[1, 0]])).nodes.map((node) => node.fusedInto)).toEqual([null, "conv", null]);
});
