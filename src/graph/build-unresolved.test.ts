import { describe, expect, it } from "vitest";
import { modelOf, nodeOf, tensorOf, valueOf, type ModelSpec } from "../../test/helper/onnx.js";
import { buildGraph } from "./build.js";

const RELU: ModelSpec = {
  inputs: [valueOf("x", ["batch", 3, null])],
  nodes: [nodeOf("Relu", ["x"], ["y"], { name: "relu" })],
  outputs: ["y"],
};

const flopsWith = (spec: ModelSpec, dims: Record<string, number>, batch?: number): number =>
  buildGraph(modelOf(spec), { dims: new Map(Object.entries(dims)), ...(batch === undefined ? {} : { batch }) }).totals.flops;

describe("an open dimension of an input", () => {
  it("that a cost depends on is refused with its place, its name and what to give", () => {
    const build = (): unknown => buildGraph(modelOf(RELU));
    expect(build).toThrow(
      'dimension 0 ("batch") of input "x" has no value, and the cost of Relu "relu" depends on it; give "batch", "x[2]" in dims',
    );
    expect(build).toThrow(
      expect.objectContaining({
        code: "unresolved-dimension",
        detail: { node: "relu", opType: "Relu", field: "batch" },
      }),
    );
  });

  it("is bound by its symbol, or by its place", () => {
    expect(flopsWith(RELU, { batch: 2, "x[2]": 5 })).toBe(30);
    expect(flopsWith(RELU, { "x[0]": 2, "x[2]": 5 })).toBe(30);
    expect(flopsWith(RELU, { "x[2]": 5 }, 4)).toBe(60);
  });

  it("prefers what is said of it to the batch", () => {
    expect(flopsWith(RELU, { batch: 2, "x[2]": 5 }, 4)).toBe(30);
  });

  it("shares its value with every dimension of the same symbol", () => {
    const spec = {
      inputs: [valueOf("x", ["N", 3]), valueOf("z", [1, "N"])],
      nodes: [nodeOf("Relu", ["z"], ["y"])],
    };
    expect(flopsWith(spec, {}, 7)).toBe(7);
    expect(flopsWith(spec, { "x[0]": 7 })).toBe(7);
  });

  it("is named where only a second symbol is missing", () => {
    const spec = { inputs: [valueOf("x", ["N", 3, "H", "W"])], nodes: [nodeOf("Relu", ["x"], ["y"])] };
    expect(() => flopsWith(spec, { N: 1, H: 8 })).toThrow('dimension 3 ("W") of input "x"');
  });

  it("is found through shape arithmetic", () => {
    const spec = {
      inputs: [valueOf("x", ["N", 4])],
      initializers: [tensorOf("c", [1], null)],
      nodes: [nodeOf("Shape", ["x"], ["s"]), nodeOf("Expand", ["c", "s"], ["e"]), nodeOf("Relu", ["e"], ["y"])],
    };
    expect(() => flopsWith(spec, {})).toThrow('dimension 0 ("N") of input "x"');
    expect(flopsWith(spec, { N: 2 })).toBe(0); // all of it follows from constants and folds
  });

  it("passes where no cost depends on it", () => {
    const views = [nodeOf("Identity", ["x"], ["i"]), nodeOf("Shape", ["i"], ["y"])];
    expect(flopsWith({ ...RELU, nodes: views }, {})).toBe(0);
  });

  it("of an input whose shape is not stated at all names the input", () => {
    const spec = { ...RELU, inputs: [valueOf("x", null)] };
    expect(() => flopsWith(spec, {})).toThrow('the shape of input "x" is not known');
  });
});

describe("what is open for another reason", () => {
  const [x] = [valueOf("x", [2, 3])];

  it("passes behind an operator that is not known", () => {
    const graph = buildGraph(
      modelOf({ inputs: [x], nodes: [nodeOf("Mystery", ["x"], ["m"], { domain: "acme" }), nodeOf("Relu", ["m"], ["y"])] }),
    );
    expect(graph.nodes.map(({ kind, cost }) => [kind, cost])).toEqual([
      [null, null],
      ["activation", null],
    ]);
    expect([...graph.unsupported]).toEqual([["acme:Mystery", 1]]);
  });

  it("is filled from what the file states", () => {
    const nodes = [nodeOf("Mystery", ["x"], ["m"], { domain: "acme" }), nodeOf("Relu", ["m"], ["y"])];
    const stated = { inputs: [x], nodes, valueInfo: [valueOf("m", ["K", 4])] };
    expect(flopsWith(stated, { K: 3 })).toBe(12);
    expect(buildGraph(modelOf(stated)).nodes[1]?.cost).toBeNull();
  });

  it("passes behind data-dependent operators", () => {
    const nodes = [nodeOf("NonZero", ["x"], ["n"]), nodeOf("Relu", ["n"], ["y"])];
    const graph = buildGraph(modelOf({ inputs: [x], nodes }));
    expect(graph.nodes.map((node) => node.cost)).toEqual([null, null]);
    expect(graph.unsupported.size).toBe(0);
  });
});

it("trusts inference where the file states another shape", () => {
  const spec = { inputs: [valueOf("x", [2, 3])], nodes: [nodeOf("Relu", ["x"], ["y"])], valueInfo: [valueOf("y", [9, 9])] };
  expect(flopsWith(spec, {})).toBe(6);
});
