import { describe, expect, it, vi } from "vitest";
import type { OnnxFunction, OnnxGraph, OnnxModel, OnnxNode } from "../../src/onnx/types.js";
import { readOnnx } from "../../src/onnx/reader.js";
import { answerOf, describe as describeAnswer } from "../fuzz/answer.js";
import { graphOf, modelOf, nodeOf, tensorOf, valueOf, type ModelSpec } from "../helper/onnx.js";
import { encodeModel } from "../helper/onnx-encode.js";

/* Files that ask for far more than they hold, each from its bytes to its features. */

/** Of processor time: what takes quadratic time takes minutes, and other work on the machine does not count. */
const MOST_SECONDS = 10;
/** Of the heap, garbage included. */
const MOST_BYTES = 2 ** 30;

/** `features`, or what is wrong with the model; fails where that takes too much time or memory. */
function askAbout(model: OnnxModel): string {
  const bytes = encodeModel(model);
  const before = process.memoryUsage().heapUsed;
  const started = process.cpuUsage();
  const answer = answerOf(() => readOnnx(bytes));
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1e6).toBeLessThan(MOST_SECONDS);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(MOST_BYTES);
  return describeAnswer(answer);
}

vi.setConfig({ testTimeout: 120_000 });

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
const X = valueOf("x", [1, 8]);
const LOCAL = new Map([["", 17], ["local", 1]]);

function ask(spec: ModelSpec): string {
  return askAbout({ ...modelOf({ inputs: [X], ...spec }), opsets: LOCAL });
}

function bodyOf(name: string, ...nodes: readonly OnnxNode[]): OnnxFunction {
  return { domain: "local", name, inputs: ["a"], outputs: ["b"], attributeNames: [], nodes, opsets: LOCAL };
}

const calls = (count: number): OnnxNode[] => times(count, (i) => nodeOf("F", ["x"], [`y${i}`], { domain: "local" }));

describe("functions that unfold", () => {
  it("to nodes with too many inputs", () => {
    const wide = nodeOf("Concat", times(100_000, () => "a"), ["b"], { attributes: { axis: 0 } });
    expect(ask({ nodes: calls(20_000), functions: [bodyOf("F", wide)] })).toContain("limit-exceeded");
  });

  it("to long names", () => {
    const long = nodeOf("Relu", ["a"], ["n".repeat(8_000)]);
    expect(ask({ nodes: calls(50_000), functions: [bodyOf("F", long, nodeOf("Relu", ["a"], ["b"]))] })).toContain("limit-exceeded");
  });

  it("to long attributes", () => {
    const talkative = nodeOf("Unknown", ["a"], ["b"], { attributes: { text: "t".repeat(60_000) } });
    expect(ask({ nodes: calls(50_000), functions: [bodyOf("F", talkative)] })).toContain("limit-exceeded");
    const listed = nodeOf("Unknown", ["a"], ["b"], { attributes: { list: times(100_000, (i) => i) } });
    expect(ask({ nodes: calls(50_000), functions: [bodyOf("F", listed)] })).toContain("limit-exceeded");
  });

  it("into each other, doubling each time", () => {
    const functions = times(60, (i) => bodyOf(`F${i}`, nodeOf(`F${i + 1}`, ["a"], ["m"], { domain: "local" }), nodeOf(`F${i + 1}`, ["m"], ["b"], { domain: "local" })));
    expect(ask({ nodes: [nodeOf("F0", ["x"], ["y"], { domain: "local" })], functions })).toContain("limit-exceeded");
  });

  it("into themselves", () => {
    const functions = [bodyOf("F", nodeOf("G", ["a"], ["b"], { domain: "local" })), bodyOf("G", nodeOf("F", ["a"], ["b"], { domain: "local" }))];
    expect(ask({ nodes: calls(1), functions })).toContain("calls itself");
  });
});

describe("names", () => {
  it("that are long and begin alike are told apart in time", () => {
    const name = (i: number): string => `${"n".repeat(8_000)}${i}`;
    const nodes = times(3_500, (i) => nodeOf("Relu", [i === 0 ? "x" : name(i - 1)], [name(i)]));
    expect(ask({ nodes })).toBe("features");
  });

  it("that are longer are refused: V8 would hash them by their length alone", () => {
    expect(ask({ nodes: [nodeOf("Relu", ["x"], ["n".repeat(8_193)])] })).toContain("limit-exceeded");
  });
});

describe("wide graphs", () => {
  it("have 50,000 readers of one tensor that vanish", () => {
    const nodes = times(50_000, (i) => nodeOf("Identity", ["x"], [`y${i}`]));
    expect(ask({ nodes })).toBe("features");
  });

  it("have 50,000 readers of one tensor that do not vanish", () => {
    const nodes = [nodeOf("Relu", ["x"], ["r"]), ...times(50_000, (i) => nodeOf("Add", ["r", "x"], [`y${i}`]))];
    expect(ask({ nodes })).toBe("features");
  });

  it("read one tensor through 50,000 Identity nodes in a chain", () => {
    const nodes = times(50_000, (i) => nodeOf("Identity", [i === 0 ? "x" : `y${i - 1}`], [`y${i}`]));
    expect(ask({ nodes, outputs: ["y49999"] })).toBe("features");
  });

  it("reshape 50,000 times", () => {
    const shape = tensorOf("shape", [2], [1, 8]);
    const nodes = times(50_000, (i) => nodeOf("Reshape", [i === 0 ? "x" : `y${i - 1}`, "shape"], [`y${i}`]));
    expect(ask({ nodes, initializers: [shape], outputs: ["y49999"] })).toBe("features");
  });

  it("have a node with 50,000 inputs", () => {
    const inputs = times(50_000, (i) => valueOf(`x${i}`, [1, 8]));
    const node = nodeOf("Concat", inputs.map(({ name }) => name), ["y"], { attributes: { axis: 0 } });
    expect(ask({ inputs, nodes: [node] })).toBe("features");
    expect(ask({ inputs, nodes: [nodeOf("Unknown", inputs.map(({ name }) => name), ["y"])] })).toBe("features");
  });

  it("have a node with 50,000 outputs", () => {
    const outputs = times(50_000, (i) => `y${i}`);
    expect(ask({ inputs: [valueOf("x", [50_000, 2])], nodes: [nodeOf("Split", ["x"], outputs, { attributes: { axis: 0 } })] })).toMatch(/features|error|Split/);
  });

  it("have attributes of 200,000 elements", () => {
    const attributes = { strides: times(200_000, () => 1), kernel_shape: times(200_000, () => 2 ** 40), perm: times(200_000, () => 0) };
    expect(ask({ nodes: [nodeOf("Unknown", ["x"], ["y"], { attributes })] })).toBe("features");
    for (const op of ["Conv", "MaxPool", "Transpose", "Squeeze", "ReduceSum", "Pad", "Tile", "Slice"]) {
      expect(ask({ nodes: [nodeOf(op, ["x", "x", "x"], ["y"], { attributes: { ...attributes, axes: attributes.perm, pads: attributes.perm } })] })).toMatch(/malformed|invalid|limit|features/);
    }
  });
});

describe("chains and nests", () => {
  it("of 100,000 nodes are followed", () => {
    const nodes = times(100_000, (i) => nodeOf(i % 2 === 0 ? "Relu" : "Sigmoid", [i === 0 ? "x" : `y${i - 1}`], [`y${i}`]));
    expect(ask({ nodes, outputs: ["y99999"] })).toBe("features");
    expect(ask({ nodes: nodes.toReversed(), outputs: ["y99999"] })).toBe("features");
  });

  function nested(op: "If" | "Loop" | "Scan", depth: number): OnnxNode {
    const name = op === "If" ? "then_branch" : "body";
    let graph: OnnxGraph = graphOf({ nodes: [nodeOf("Relu", ["x"], ["inner"])], outputs: ["inner"] });
    let node = nodeOf("Relu", ["x"], ["out"]);
    for (let level = 0; level < depth; level += 1) {
      node = nodeOf(op, ["x", "x"], ["out"], { attributes: { [name]: { kind: "graph", value: graph } } });
      graph = graphOf({ nodes: [node], outputs: ["out"] });
    }
    return node;
  }

  it.each(["If", "Loop", "Scan"] as const)("of %s within each other are read 30 deep and refused 40 deep", (op) => {
    expect(ask({ nodes: [nested(op, 30)] })).not.toContain("limit-exceeded");
    expect(ask({ nodes: [nested(op, 40)] })).toContain("limit-exceeded");
  });

  it("of transpositions of rank 64 are followed, of rank 65 refused", () => {
    const shape = (rank: number): number[] => new Array<number>(rank).fill(1);
    const chain = (rank: number): ModelSpec => ({
      inputs: [valueOf("x", shape(rank))],
      nodes: times(5_000, (i) => nodeOf("Transpose", [i === 0 ? "x" : `y${i - 1}`], [`y${i}`])),
    });
    expect(ask(chain(64))).toBe("features");
    expect(ask(chain(65))).toContain("limit-exceeded");
  });
});

describe("values that are followed", () => {
  it("stay few where thousands of nodes compute thousands of them", () => {
    const indices = tensorOf("i", [4096], times(4096, (i) => i));
    const nodes = times(20_000, (i) => nodeOf("Add", [i === 0 ? "i" : `y${i - 1}`, "i"], [`y${i}`]));
    expect(ask({ nodes, initializers: [indices] })).toMatch(/features|limit/);
  });

  it("are no equations without end", () => {
    const equation = `${times(20_000, () => "ab").join(",")}->a`;
    expect(ask({ nodes: [nodeOf("Einsum", times(20_000, () => "x"), ["y"], { attributes: { equation } })] })).toMatch(/features|invalid|malformed|limit/);
  });
});
