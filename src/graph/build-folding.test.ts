import { describe, expect, it } from "vitest";
import { modelOf, nodeOf, tensorOf, valueOf } from "../../test/helper/onnx.js";
import { buildGraph } from "./build.js";

/** x.reshape(x.shape[0], -1) as exporters write it, then a matrix product with a transposed weight. */
const graph = buildGraph(
  modelOf({
    inputs: [valueOf("x", ["N", 3, 4])],
    initializers: [tensorOf("zero", [], [0]), tensorOf("axes", [1], [0]), tensorOf("w", [5, 12])],
    nodes: [
      nodeOf("Shape", ["x"], ["shape"]),
      nodeOf("Gather", ["shape", "zero"], ["batch"]),
      nodeOf("Unsqueeze", ["batch", "axes"], ["batch1"]),
      nodeOf("Constant", [], ["rest"], { attributes: { value_ints: [-1] } }),
      nodeOf("Concat", ["batch1", "rest"], ["target"], { attributes: { axis: 0 } }),
      nodeOf("Reshape", ["x", "target"], ["flat"]),
      nodeOf("Transpose", ["w"], ["wt"]),
      nodeOf("MatMul", ["flat", "wt"], ["y"]),
    ],
    outputs: ["y"],
  }),
  { batch: 2 },
);

describe("what follows from constants and known shapes alone", () => {
  it("is folded", () => {
    expect(graph.nodes.filter((node) => !node.folded).map((node) => node.opType)).toEqual(["Reshape", "MatMul"]);
  });

  it("costs nothing per run", () => {
    const folded = graph.nodes.filter((node) => node.folded);
    expect(folded.every(({ cost }) => cost?.flops === 0 && cost.bytesRead === 0 && cost.bytesWritten === 0)).toBe(true);
    expect(graph.totals.flops).toBe(2 * 2 * 12 * 5);
  });

  it("gives the shape that it computes", () => {
    expect(graph.values.find((value) => value.name === "flat")?.fact.shape).toEqual([2, 12]);
  });

  it("still counts as the parameters of whoever reads it", () => {
    expect(graph.nodes.at(-1)).toMatchObject({ opType: "MatMul", parameters: 60 });
    expect(graph.totals).toMatchObject({ parameters: 60, fullyConnected: 1 });
  });
});

it("draws random numbers in each run, whatever the inputs are", () => {
  const nodes = [nodeOf("RandomNormalLike", ["w"], ["noise"]), nodeOf("Relu", ["w"], ["folded"])];
  const spec = { initializers: [tensorOf("w", [2, 3])], nodes, outputs: ["noise", "folded"] };
  const random = buildGraph(modelOf(spec));
  expect(random.nodes.filter((node) => !node.folded).map((node) => node.opType)).toEqual(["RandomNormalLike"]);
});

it("knows the shape of a reshape by a symbolic batch", () => {
  const spec = {
    inputs: [valueOf("x", ["N", 3, 4])],
    initializers: [tensorOf("zero", [1], [0]), tensorOf("rest", [1], [-1])],
    nodes: [
      nodeOf("Shape", ["x"], ["shape"]),
      nodeOf("Gather", ["shape", "zero"], ["batch"]),
      nodeOf("Concat", ["batch", "rest"], ["target"], { attributes: { axis: 0 } }),
      nodeOf("Reshape", ["x", "target"], ["flat"]),
    ],
    outputs: ["flat"],
  };
  // Gather is not folded here and costs 16 bytes read: sizes are known though the batch is not.
  const symbolic = buildGraph(modelOf(spec));
  expect(symbolic.values.find((value) => value.name === "flat")?.fact.shape).toEqual(["N", 12]);
});

it("counts shared weights once and unread ones not at all", () => {
  const shared = buildGraph(
    modelOf({
      inputs: [valueOf("x", [4])],
      initializers: [tensorOf("w", [4]), tensorOf("unused", [1000])],
      nodes: [nodeOf("Mul", ["x", "w"], ["m"]), nodeOf("Add", ["m", "w"], ["y"])],
    }),
  );
  expect(shared.nodes.map((node) => node.parameters)).toEqual([4, 4]);
  expect(shared.totals).toMatchObject({ parameters: 4, weightBytes: 16 });
});
