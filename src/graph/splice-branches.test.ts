import onnxProto from "onnx-proto";
import type { onnx } from "onnx-proto";
import { describe, expect, it } from "vitest";
import { built, type Built } from "../../test/helper/built.js";
import { encode, modelOf as protoModelOf } from "../../test/helper/onnx-everything.js";
import { graphAttribute, graphOf, modelOf, nodeOf, tensorOf, valueOf, type ModelSpec } from "../../test/helper/onnx.js";
import type { OnnxGraph, OnnxNode } from "../onnx/types.js";
import { readOnnx } from "../onnx/reader.js";
import { stripOnnx } from "../onnx/stripper.js";
import { buildGraph } from "./build.js";
import { summarize } from "./summary.js";

const HOLDS = tensorOf("holds", [], [1], "bool");
const FAILS = tensorOf("fails", [], [0], "bool");

function choose(condition: string, whenTrue: OnnxGraph, whenFalse: OnnxGraph, outputs: readonly string[], name = ""): OnnxNode {
  const attributes = { then_branch: graphAttribute(whenTrue), else_branch: graphAttribute(whenFalse) };
  return nodeOf("If", [condition], outputs, { name, attributes });
}

const one = (opType: string, inputs: readonly string[], output = "r", rest: Partial<ModelSpec> = {}): OnnxGraph =>
  graphOf({ nodes: [nodeOf(opType, inputs, [output])], outputs: [output], ...rest });

/** `opType: inputs -> outputs` of each node, by name. */
function edges({ graph }: Built): readonly string[] {
  const { nodes } = summarize(graph);
  return nodes.map(({ opType, inputs, outputs }) => `${opType}: ${inputs.join(" ")} -> ${outputs.map(({ name }) => name).join(" ")}`);
}

/** squeeze(x, 1) as torch.jit exports it: whether it does anything depends on the size. */
function squeezed(width: number | string, dims: ReadonlyMap<string, number> = new Map()): ReturnType<typeof buildGraph> {
  const constant = (name: string, value: number): OnnxNode => nodeOf("Constant", [], [name], { attributes: { value_int: value } });
  const whenTrue = graphOf({
    nodes: [nodeOf("Constant", [], ["axes"], { attributes: { value_ints: [1] } }), nodeOf("Squeeze", ["x", "axes"], ["squeezed"], { name: "Squeeze_5" })],
    outputs: ["squeezed"],
  });
  const model = modelOf({
    inputs: [valueOf("input", ["batch", width, 8])],
    initializers: [tensorOf("w", [8, 4])],
    nodes: [
      nodeOf("Relu", ["input"], ["x"]),
      nodeOf("Shape", ["x"], ["shape"], { name: "Shape_1" }),
      constant("axis", 1),
      nodeOf("Gather", ["shape", "axis"], ["size"], { name: "Gather_2" }),
      constant("one", 1),
      nodeOf("Equal", ["size", "one"], ["isOne"], { name: "Equal_3" }),
      choose("isOne", whenTrue, one("Identity", ["x"], "same"), ["y"], "If_4"),
      nodeOf("MatMul", ["y", "w"], ["out"]),
    ],
    outputs: ["out"],
    opset: 13,
  });
  return buildGraph(model, { batch: 2, dims });
}

describe("an If around a Squeeze, as torch writes it", () => {
  it("is the Squeeze where the size is one", () => {
    const graph = squeezed(1);
    expect(graph.nodes.filter(({ folded }) => !folded).map(({ name, opType }) => [name, opType])).toEqual([
      ["Relu_0", "Relu"], ["If_4/Squeeze_5", "Squeeze"], ["MatMul_8", "MatMul"],
    ]);
    expect(graph.values[graph.outputs[0] ?? -1]?.fact.shape).toEqual([2, 4]);
    expect(graph.totals).toMatchObject({ macs: 2 * 8 * 4, parameters: 32, fullyConnected: 1 });
  });

  it("is nothing but a name where it is not, and is left alone where that is open", () => {
    const running = squeezed(5).nodes.filter(({ folded }) => !folded);
    expect(running.map(({ opType }) => opType)).toEqual(["Relu", "Identity", "MatMul"]);
    expect(() => squeezed("width")).toThrow(expect.objectContaining({ code: "unresolved-dimension" }));
    expect(squeezed("width", new Map([["width", 1]])).nodes.some(({ opType }) => opType === "Squeeze")).toBe(true);
  });

  it("has the id of the graph without the If", () => {
    const plain = { inputs: [valueOf("x", [4])], nodes: [nodeOf("Relu", ["x"], ["a"]), nodeOf("Neg", ["a"], ["y"])], outputs: ["y"] };
    const wrapped = { ...plain, initializers: [HOLDS], nodes: [choose("holds", one("Relu", ["x"]), one("Abs", ["x"]), ["a"]), nodeOf("Neg", ["a"], ["y"])] };
    const other = { ...wrapped, initializers: [tensorOf("holds", [], [0], "bool")] };
    expect(buildGraph(modelOf(wrapped)).modelId).toBe(buildGraph(modelOf(plain)).modelId);
    expect(buildGraph(modelOf(other)).modelId).not.toBe(buildGraph(modelOf(plain)).modelId);
  });
});

it("is the same graph when the file has lost its weights", () => {
  const { AttributeType } = onnxProto.onnx.AttributeProto;
  const { DataType } = onnxProto.onnx.TensorProto;
  const branch = (name: string, opType: string): onnx.IAttributeProto => {
    const weight = { name: "w", dims: [8, 64], dataType: DataType.FLOAT, rawData: new Uint8Array(4 * 8 * 64) };
    const node = [{ opType: "MatMul", input: ["x", "w"], output: ["m"] }, { opType, input: ["m"], output: ["r"] }];
    return { name, type: AttributeType.GRAPH, g: { name, initializer: [weight], node, output: [{ name: "r" }] } };
  };
  const shape = { dim: [{ dimValue: 2 }, { dimValue: 8 }] };
  const bytes = encode(
    protoModelOf({
      input: [{ name: "x", type: { tensorType: { elemType: DataType.FLOAT, shape } } }],
      initializer: [{ name: "c", dataType: DataType.BOOL, rawData: Uint8Array.of(0) }],
      node: [{ opType: "If", input: ["c"], output: ["y"], attribute: [branch("then_branch", "Relu"), branch("else_branch", "Abs")] }],
      output: [{ name: "y" }],
    }),
  );
  const graph = buildGraph(readOnnx(bytes));
  const stripped = stripOnnx(bytes).bytes;
  expect(graph.nodes.map(({ opType }) => opType)).toEqual(["MatMul", "Abs"]);
  expect(stripped.length).toBeLessThan(bytes.length / 2);
  expect(buildGraph(readOnnx(stripped))).toEqual(graph);
});

describe("the branch in the place of its If", () => {
  it("keeps names apart that stand in both, or in two branches", () => {
    const model = built({
      inputs: [valueOf("x", [4])],
      initializers: [HOLDS, FAILS],
      nodes: [
        nodeOf("Relu", ["x"], ["t"], { name: "n" }),
        choose("holds", graphOf({ nodes: [nodeOf("Neg", ["t"], ["u"], { name: "n" }), nodeOf("Abs", ["u"], ["v"])], outputs: ["v"] }), one("Sin", ["t"]), ["a"], "choice"),
        choose("fails", one("Cos", ["t"]), graphOf({ nodes: [nodeOf("Exp", ["a"], ["u"], { name: "n" }), nodeOf("Log", ["u"], ["v"])], outputs: ["v"] }), ["y"], "choice"),
      ],
      outputs: ["y"],
    });
    expect(edges(model)).toEqual([
      "Relu: x -> t", "Neg: t -> choice/u", "Abs: choice/u -> a", "Exp: a -> choice/u#2", "Log: choice/u#2 -> y",
    ]);
    expect(model.graph.nodes.map(({ name }) => name)).toEqual(["n", "choice/n", "choice/Abs", "choice/n#2", "choice/Log"]);
    expect(model.graph.values.find(({ name }) => name === "t")?.consumers).toEqual([1]);
    expect(model.graph.values.find(({ name }) => name === "a")).toMatchObject({ producer: 2, consumers: [3] });
  });

  it("means its own tensor where it calls one like one around it", () => {
    const shadowing = graphOf({ initializers: [tensorOf("w", [4, 8])], nodes: [nodeOf("MatMul", ["x", "w"], ["t"]), nodeOf("Relu", ["t"], ["r"])], outputs: ["r"] });
    const model = built({
      inputs: [valueOf("x", [2, 4])],
      initializers: [HOLDS, tensorOf("w", [4, 3])],
      nodes: [nodeOf("MatMul", ["x", "w"], ["t"]), choose("holds", shadowing, one("Abs", ["x"]), ["y"]), nodeOf("Neg", ["t"], ["z"])],
      outputs: ["y", "z"],
    });
    expect(edges(model)).toEqual(["MatMul: x w -> t", "MatMul: x If/w -> If/t", "Relu: If/t -> y", "Neg: t -> z"]);
    expect(model.fact("y").shape).toEqual([2, 8]);
    expect(model.graph.totals).toMatchObject({ parameters: 12 + 32, weightBytes: 4 * 44, fullyConnected: 2 });
  });

  it("hands on what it only takes, holds, or names twice", () => {
    const branch = graphOf({ initializers: [tensorOf("w", [3])], nodes: [nodeOf("Relu", ["x"], ["r"])], outputs: ["r", "r", "x", "w"] });
    const model = built({
      inputs: [valueOf("x", [4])],
      initializers: [HOLDS],
      nodes: [choose("holds", branch, branch, ["a", "b", "c", "d"])],
      outputs: ["a", "b", "c", "d"],
    });
    expect(edges(model)).toEqual(["Relu: x -> a", "Identity: a -> b", "Identity: x -> c", "Identity: If/w -> d"]);
    expect(model.graph.nodes.map(({ folded }) => folded)).toEqual([false, false, false, true]);
    expect(new Set(model.graph.nodes.map(({ name }) => name)).size).toBe(4);
    expect(model.graph.outputs.map((id) => model.graph.values[id]?.name)).toEqual(["a", "b", "c", "d"]);
  });

  it("leaves out what only the other branch reads, holds or does not know", () => {
    const otherwise = graphOf({ initializers: [tensorOf("v", [100])], nodes: [nodeOf("Odd", ["x", "v", "big"], ["o"])], outputs: ["o"] });
    const { graph } = built({
      inputs: [valueOf("x", [4])],
      initializers: [HOLDS, tensorOf("big", [1000])],
      nodes: [choose("holds", one("Relu", ["x"]), otherwise, ["y"])],
      outputs: ["y"],
    });
    expect(graph.totals.parameters).toBe(0);
    expect([...graph.unsupported]).toEqual([]);
  });

  it("names what it does not know once", () => {
    const { graph } = built({
      inputs: [valueOf("x", [4])],
      initializers: [HOLDS],
      nodes: [choose("holds", one("Odd", ["x"]), one("Relu", ["x"]), ["y"])],
      outputs: ["y"],
    });
    expect([...graph.unsupported]).toEqual([[":Odd", 1]]);
    expect(graph.nodes).toMatchObject([{ opType: "Odd", kind: null, cost: null }]);
  });

  it("is read by the opsets that a function brought along", () => {
    const branch = graphOf({ nodes: [nodeOf("Softmax", ["x"], ["r"])], outputs: ["r"] });
    const called = {
      domain: "local", name: "F", inputs: ["x"], outputs: ["y"], attributeNames: [], opsets: new Map([["", 11]]),
      nodes: [nodeOf("Constant", [], ["c"], { attributes: { value_int: 1 } }), choose("c", branch, branch, ["y"])],
    };
    const model = built({ inputs: [valueOf("x", [2, 3])], nodes: [nodeOf("F", ["x"], ["y"], { domain: "local", name: "call" })], functions: [called], outputs: ["y"] });
    expect(model.node("Softmax")).toMatchObject({ opset: 11, name: "call/If/call/Softmax" });
  });

  it("keeps what a loop within it takes from around", () => {
    const body = graphOf({
      inputs: ["i", "go", "v"].map((name) => valueOf(name, null, null)),
      nodes: [nodeOf("Add", ["v", "t"], ["v2"])],
      outputs: ["go", "v2"],
    });
    const branch = graphOf({
      nodes: [nodeOf("Neg", ["x"], ["t"]), nodeOf("Loop", ["n", "", "x"], ["r"], { attributes: { body: graphAttribute(body) } })],
      outputs: ["r"],
    });
    const spec = (captured: OnnxGraph): ModelSpec => ({
      inputs: [valueOf("x", [4])],
      initializers: [HOLDS, tensorOf("n", [], [3])],
      nodes: [nodeOf("Abs", ["x"], ["t"]), choose("holds", captured, captured, ["y"]), nodeOf("Add", ["t", "y"], ["z"])],
      outputs: ["z"],
    });
    const model = built(spec(branch));
    const { graph } = model;
    const [inner] = model.node("Loop").captured.values();
    expect(graph.values[inner ?? -1]).toMatchObject({ name: "If/t", producer: 1, consumers: [2] });
    const outer = { ...branch, nodes: branch.nodes.slice(1) };
    expect(built(spec(outer)).graph.modelId).not.toBe(graph.modelId);
  });
});

describe("hostile branches", () => {
  it("may flip the type of an output: it has that of the branch that is taken", () => {
    const flip = choose("holds", one("Shape", ["x"]), one("Relu", ["x"]), ["y"]);
    const model = built({ inputs: [valueOf("x", [2, 3])], initializers: [HOLDS], nodes: [flip, nodeOf("Cast", ["y"], ["z"], { attributes: { to: 1 } })], outputs: ["z"] });
    expect(model.fact("y")).toMatchObject({ dtype: "int64", shape: [2], value: [2, 3] });
    const sequence = choose("fails", one("Relu", ["x"]), one("SequenceConstruct", ["x"]), ["s"]);
    expect(built({ inputs: [valueOf("x", [2, 3])], initializers: [FAILS], nodes: [sequence], outputs: ["s"] }).fact("s").container?.length).toBe(1);
  });

  it("are refused where they give too little, or where the condition depends on them", () => {
    const spec = (node: OnnxNode): ModelSpec => ({ inputs: [valueOf("x", [4])], initializers: [HOLDS], nodes: [node], outputs: ["y"] });
    expect(() => built(spec(choose("holds", one("Relu", ["x"]), graphOf({ nodes: [] }), ["y"])))).toThrow("else_branch has 0 outputs");
    expect(() => built(spec(choose("y", one("Relu", ["x"]), one("Relu", ["x"]), ["y"])))).toThrow("depends on its own output");
    expect(() => built(spec(choose("holds", one("Relu", ["y"]), one("Relu", ["x"]), ["y"])))).toThrow("depends on its own output");
  });

  it("are opened 200 deep and refused 1,000 deep", () => {
    const nested = (depth: number): OnnxNode => {
      let node = nodeOf("Relu", ["x"], ["y"]);
      for (let level = 0; level < depth; level++) {
        node = choose("holds", graphOf({ nodes: [node, nodeOf("Neg", ["y"], ["z"])], outputs: ["z"] }), one("Abs", ["x"]), ["y"]);
      }
      return node;
    };
    const spec = (depth: number): ModelSpec => ({ inputs: [valueOf("x", [4])], initializers: [HOLDS], nodes: [nested(depth)], outputs: ["y"] });
    const { graph } = built(spec(200));
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(["Relu", ...new Array<string>(200).fill("Neg")]);
    expect(new Set(graph.values.map(({ name }) => name)).size).toBe(graph.values.length);
    expect(graph.values.every(({ name }) => name.length < 600)).toBe(true);
    expect(() => built(spec(1000))).toThrow(expect.objectContaining({ code: "limit-exceeded" }));
  });

  it("come one after another by the thousand, each condition known from the one before", () => {
    const nodes: OnnxNode[] = [];
    for (let at = 0; at < 2000; at++) {
      const [x, shape, y] = [`x${at}`, `s${at}`, `x${at + 1}`];
      const drop = graphOf({ nodes: [nodeOf("Squeeze", [x, "zero"], ["r"])], outputs: ["r"] });
      nodes.push(nodeOf("Shape", [x], [shape]), nodeOf("Size", [shape], [`n${at}`]), nodeOf("Equal", [`n${at}`, "two"], [`c${at}`]));
      nodes.push(choose(`c${at}`, drop, one("Neg", [x]), [y]));
    }
    const model = built({
      inputs: [valueOf("x0", [1, 4])],
      initializers: [tensorOf("zero", [1], [0]), tensorOf("two", [], [2])],
      nodes,
      outputs: ["x2000"],
    });
    expect(model.fact("x2000").shape).toEqual([4]);
    expect(model.graph.nodes.filter(({ folded }) => !folded).map(({ opType }) => opType).join()).toBe(`Squeeze${",Neg".repeat(1999)}`);
  });
});
