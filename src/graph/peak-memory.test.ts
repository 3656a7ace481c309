import { expect, it } from "vitest";
import type { OnnxNode } from "../onnx/types.js";
import { modelOf, nodeOf, tensorOf, valueOf } from "../../test/helper/onnx.js";
import { buildGraph } from "./build.js";

/** Peak in elements of a graph on x, a float32 vector of 100. */
function peak(nodes: readonly OnnxNode[], outputs: readonly string[]): number {
  const initializers = [tensorOf("w", [100]), tensorOf("shape", [2], [10, 10])];
  const graph = buildGraph(modelOf({ inputs: [valueOf("x", [100])], initializers, nodes, outputs }));
  return graph.totals.peakActivationBytes / 4;
}

it("holds a node's input and output side by side, and weights not at all", () => {
  expect(peak([nodeOf("Add", ["x", "w"], ["y"])], ["y"])).toBe(200);
});

it("frees a tensor after its last reader", () => {
  const chain = [nodeOf("Relu", ["x"], ["a"]), nodeOf("Relu", ["a"], ["b"]), nodeOf("Relu", ["b"], ["y"])];
  expect(peak(chain, ["y"])).toBe(200);
});

it("keeps a shortcut alive until it is added", () => {
  const residual = [nodeOf("Relu", ["x"], ["a"]), nodeOf("Relu", ["a"], ["b"]), nodeOf("Add", ["b", "x"], ["y"])];
  expect(peak(residual, ["y"])).toBe(300);
});

it("keeps outputs to the end", () => {
  const nodes = [nodeOf("Relu", ["x"], ["a"]), nodeOf("Relu", ["a"], ["b"]), nodeOf("Relu", ["b"], ["c"])];
  expect(peak(nodes, ["a", "c"])).toBe(300);
});

it("gives views no room, but keeps alive what they look at", () => {
  const nodes = [
    nodeOf("Relu", ["x"], ["a"]),
    nodeOf("Reshape", ["a", "shape"], ["view"]),
    nodeOf("Relu", ["a"], ["b"]),
    nodeOf("Relu", ["b"], ["c"]),
    nodeOf("Reshape", ["c", "shape"], ["d"]),
    nodeOf("Add", ["d", "view"], ["y"]),
  ];
  expect(peak(nodes, ["y"])).toBe(300);
});

it("holds an output that nobody reads only while it is written", () => {
  expect(peak([nodeOf("Relu", ["x"], ["unread"]), nodeOf("Relu", ["x"], ["y"])], ["y"])).toBe(200);
});

it("counts inputs of a graph without nodes", () => {
  expect(peak([], [])).toBe(100);
});
