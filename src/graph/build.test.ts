import { describe, expect, it } from "vitest";
import { modelOf, nodeOf, tensorOf, valueOf, type ModelSpec } from "../../test/helper/onnx.js";
import { buildGraph, type BuildOptions } from "./build.js";
import type { Graph } from "./types.js";

function build(spec: ModelSpec, options?: BuildOptions): Graph {
  return buildGraph(modelOf(spec), options);
}

function shapeOf(graph: Graph, name: string): unknown {
  return graph.values.find((value) => value.name === name)?.fact.shape;
}

/** x -> Conv (3x3, 8 filters) -> Relu -> Flatten -> Gemm (10 classes). */
const SMALL_CNN: ModelSpec = {
  inputs: [valueOf("x", [1, 3, 8, 8])],
  initializers: [tensorOf("w", [8, 3, 3, 3]), tensorOf("b", [8]), tensorOf("fc", [10, 512])],
  nodes: [
    nodeOf("Conv", ["x", "w", "b"], ["c"], { name: "conv", attributes: { pads: [1, 1, 1, 1] } }),
    nodeOf("Relu", ["c"], ["r"]),
    nodeOf("Flatten", ["r"], ["f"]),
    nodeOf("Gemm", ["f", "fc"], ["y"], { attributes: { transB: 1 } }),
  ],
  outputs: ["y"],
};

describe("a small CNN", () => {
  const graph = build(SMALL_CNN);

  it("has shapes, names and costs throughout", () => {
    expect(["c", "r", "f", "y"].map((name) => shapeOf(graph, name))).toEqual([
      [1, 8, 8, 8],
      [1, 8, 8, 8],
      [1, 512],
      [1, 10],
    ]);
    expect(graph.nodes.map((node) => node.name)).toEqual(["conv", "Relu_1", "Flatten_2", "Gemm_3"]);
    expect(graph.nodes[0]?.cost?.macs).toBe(512 * 27);
    expect(graph.nodes.map((node) => node.parameters)).toEqual([216 + 8, 0, 0, 5120]);
    expect(graph.unsupported.size).toBe(0);
  });

  it("adds up its nodes and counts its layers", () => {
    const { totals } = graph;
    expect(totals.flops).toBe(graph.nodes.reduce((sum, node) => sum + (node.cost?.flops ?? 0), 0));
    expect(totals).toMatchObject({
      macs: 512 * 27 + 5120,
      parameters: 216 + 8 + 5120,
      weightBytes: (216 + 8 + 5120) * 4,
      convolutions: 1,
      fullyConnected: 1,
      batchNorms: 0,
      peakActivationBytes: 2 * 512 * 4, // the convolution's output and Relu's
    });
  });

  it("links nodes by index", () => {
    expect([...graph.adjacency.columns]).toEqual([1, 2, 3]);
    expect([...graph.adjacency.rowOffsets]).toEqual([0, 1, 2, 3, 3]);
    expect(graph.inputs.map((id) => graph.values[id]?.name)).toEqual(["x"]);
    expect(graph.outputs.map((id) => graph.values[id]?.producer)).toEqual([3]);
  });
});

describe("wiring", () => {
  const x = [valueOf("x", [2])];

  it("sorts nodes that stand before what they need", () => {
    const graph = build({ inputs: x, nodes: [nodeOf("Relu", ["a"], ["y"]), nodeOf("Abs", ["x"], ["a"])], outputs: ["y"] });
    expect(graph.nodes.map((node) => node.opType)).toEqual(["Abs", "Relu"]);
    expect(graph.values.map(({ name, producer, consumers }) => [name, producer, consumers])).toEqual([
      ["x", null, [0]],
      ["y", 1, []],
      ["a", 0, [1]],
    ]);
  });

  it("takes inputs that are initializers too as initializers", () => {
    const graph = build({
      inputs: [...x, valueOf("w", [2])],
      initializers: [tensorOf("w", [2])],
      nodes: [nodeOf("Add", ["x", "w"], ["y"])],
    });
    expect(graph.inputs).toHaveLength(1);
    expect(graph.values.find((value) => value.name === "w")?.role).toBe("initializer");
  });

  it("keeps the place of optional inputs and outputs that are left out", () => {
    const graph = build({ inputs: x, nodes: [nodeOf("Clip", ["x", "", ""], ["y"]), nodeOf("Dropout", ["y"], ["z", ""])] });
    expect(graph.nodes[0]?.inputs).toEqual([0, null, null]);
    expect(graph.nodes[1]?.outputs).toEqual([2, null]);
  });

  it("counts a node that reads a tensor twice as one consumer", () => {
    const graph = build({ inputs: x, nodes: [nodeOf("Mul", ["x", "x"], ["y"])] });
    expect(graph.values[0]?.consumers).toEqual([0]);
  });

  it.each<[string, ModelSpec, string]>([
    ["two producers", { inputs: x, nodes: [nodeOf("Relu", ["x"], ["y"]), nodeOf("Abs", ["x"], ["y"])] }, '"y" is defined twice'],
    ["an input that is produced", { inputs: x, nodes: [nodeOf("Relu", ["x"], ["x"])] }, '"x" is defined twice'],
    ["the same input twice", { inputs: [...x, ...x], nodes: [] }, '"x" is defined twice'],
    ["a dangling input", { inputs: x, nodes: [nodeOf("Relu", ["gone"], ["y"], { name: "r" })] }, 'nothing produces "gone"'],
    ["a dangling output", { inputs: x, nodes: [], outputs: ["gone"] }, 'nothing produces the output "gone"'],
    ["a node that feeds itself", { inputs: x, nodes: [nodeOf("Add", ["x", "y"], ["y"])] }, "depends on its own output"],
    ["a cycle", { nodes: [nodeOf("Relu", ["b"], ["a"]), nodeOf("Relu", ["a"], ["b"])] }, "depends on its own output"],
    ["an input without a name", { inputs: [valueOf("", [1])], nodes: [] }, "has no name"],
  ])("refuses %s", (_, spec, message) => {
    expect(() => build(spec)).toThrow(expect.objectContaining({ code: "invalid-graph" }));
    expect(() => build(spec)).toThrow(message);
  });

  it("takes names of Object's own properties as names", () => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
    const graph = build({
      inputs: [valueOf("__proto__", [2])],
      nodes: names.slice(1).map((name, at) => nodeOf("Relu", [names[at] ?? ""], [name], { name })),
      outputs: ["hasOwnProperty"],
    });
    expect(graph.values.map((value) => value.name)).toEqual(names);
    const unknown = build({ inputs: x, nodes: [nodeOf("__proto__", ["x"], ["y"], { domain: "constructor" })] });
    expect([...unknown.unsupported]).toEqual([["constructor:__proto__", 1]]);
  });
});

describe("errors", () => {
  it("name the node, its operator and the attribute", () => {
    const spec = { ...SMALL_CNN, nodes: [nodeOf("Transpose", ["x"], ["y"], { name: "t", attributes: { perm: [0, 0] } })] };
    expect(() => build({ ...spec, outputs: ["y"] })).toThrow(
      expect.objectContaining({ code: "malformed", detail: { node: "t", opType: "Transpose", field: "perm" } }),
    );
    expect(() => build({ ...spec, outputs: ["y"] })).toThrow('Transpose "t": perm [0, 0] is no permutation');
  });
});

describe("numbers", () => {
  const relu = (dims: readonly (number | string | null)[], options?: BuildOptions): Graph =>
    build({ inputs: [valueOf("x", dims)], nodes: [nodeOf("Relu", ["x"], ["y"])], outputs: ["y"] }, options);

  it("counts a tensor of 0 elements as 0", () => {
    expect(relu([0, 2 ** 50, 2 ** 50]).totals).toMatchObject({ flops: 0, peakActivationBytes: 0 });
  });

  it.each([[[2 ** 53]], [[Number.MAX_SAFE_INTEGER]], [[2 ** 30, 2 ** 30]], [new Array<number>(65).fill(1)]])(
    "refuses dimensions %j",
    (dims) => {
      expect(() => relu(dims)).toThrow(expect.objectContaining({ code: "limit-exceeded" }));
    },
  );

  it.each([-1, -Number.MAX_SAFE_INTEGER])("takes a dimension of %s as open", (dim) => {
    expect(() => relu([dim, 2])).toThrow(expect.objectContaining({ code: "unresolved-dimension" }));
    expect(relu([dim, 2], { dims: new Map([["x[0]", 3]]) }).totals.flops).toBe(6);
  });

  it.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("refuses %s as a value for a dimension", (value) => {
    expect(() => relu(["N"], { dims: new Map([["N", value]]) })).toThrow('no size for the dimension "N"');
    expect(() => relu(["N"], { batch: value })).toThrow('no size for the dimension "batch"');
  });

  it("refuses totals that cannot be counted", () => {
    const nodes = Array.from({ length: 9 }, (_, at) => nodeOf("Relu", ["x"], [`y${at}`]));
    expect(() => build({ inputs: [valueOf("x", [2 ** 50])], nodes })).toThrow("beyond what can be counted");
  });
});

describe("allocation", () => {
  it.each([
    ["ConstantOfShape", [tensorOf("s", [2], [1e6, 1e6])], ["s"]],
    ["Expand", [tensorOf("s", [2], [1e6, 1e6])], ["x", "s"]],
    ["Tile", [tensorOf("s", [1], [1e12])], ["x", "s"]],
    [
      "Range",
      [tensorOf("a", [], [0]), tensorOf("b", [], [1e12]), tensorOf("c", [], [1])],
      ["a", "b", "c"],
    ],
  ])("%s may declare terabytes", (opType, initializers, inputs) => {
    const graph = build({
      inputs: [valueOf("x", [1])],
      initializers,
      nodes: [nodeOf(opType, inputs, ["big"]), nodeOf("Relu", ["big"], ["y"])],
      outputs: ["y"],
    });
    expect(graph.values.find((value) => value.name === "y")?.fact.value).toBeNull();
  });

  it("stops following values when many nodes each compute thousands of them", () => {
    const values = Array.from({ length: 4096 }, (_, at) => at);
    const nodes = Array.from({ length: 3000 }, (_, at) => nodeOf("Transpose", ["v"], [`t${at}`]));
    const start = process.cpuUsage();
    const graph = build({ initializers: [tensorOf("v", [64, 64], values)], nodes });
    expect(graph.values.at(-1)?.fact).toMatchObject({ shape: [64, 64], value: null, constant: true });
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(3); // ten times that without the budget
  });
});

describe("size", () => {
  const chain = (length: number): ModelSpec => ({
    inputs: [valueOf("t0", [1, 8])],
    nodes: Array.from({ length }, (_, at) => nodeOf("Relu", [`t${at}`], [`t${at + 1}`])),
    outputs: [`t${length}`],
  });
  /** CPU time, which other processes disturb less than the clock's. */
  const cpuSeconds = (spec: ModelSpec): number => {
    const start = process.cpuUsage();
    build(spec);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };
  const best = (spec: ModelSpec): number => Math.min(cpuSeconds(spec), cpuSeconds(spec), cpuSeconds(spec));

  it("takes time in proportion to the nodes", () => {
    const small = best(chain(5_000));
    expect(best(chain(40_000)) / small).toBeLessThan(24); // 8 when linear, 64 when quadratic
  });

  it("builds a chain of 100,000 nodes, in either order", () => {
    const long = chain(100_000);
    expect(cpuSeconds(long)).toBeLessThan(5);
    expect(cpuSeconds({ ...long, nodes: [...long.nodes].reverse() })).toBeLessThan(5);
  });

  it("takes a tensor with 100,000 readers and a node with 100,000 inputs", () => {
    const count = 100_000;
    const wide = Array.from({ length: count }, (_, at) => nodeOf("Relu", ["x"], [`y${at}`]));
    const joined = nodeOf("Concat", wide.flatMap((node) => node.outputs), ["z"], { attributes: { axis: 0 } });
    expect(cpuSeconds({ inputs: [valueOf("x", [8])], nodes: [...wide, joined], outputs: ["z"] })).toBeLessThan(5);
  });
});
