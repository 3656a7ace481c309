import { describe, expect, it } from "vitest";
import { built, type Built } from "../../../test/helper/built.js";
import { graphAttribute, graphOf, nodeOf, tensorOf, valueOf } from "../../../test/helper/onnx.js";
import type { OnnxNode } from "../../onnx/types.js";

interface LoopSpec {
  /** M; null: an input that only the run knows; undefined: left out. */
  readonly count?: number | null;
  readonly condition?: number | null;
  readonly nodes: readonly OnnxNode[];
  /** What the body says of going on. */
  readonly goesOn?: string;
  /** Names in the body: [as it comes in, as it goes out]. */
  readonly carried?: readonly (readonly [string, string])[];
  readonly scanned?: readonly string[];
}

/** A loop over x [2, 3], with a weight w [3, 3] around it; outputs c0, c1, ... and s0, s1, ... */
function loop({ count, condition = 1, nodes, goesOn = "go", carried = [], scanned = [] }: LoopSpec): Built {
  const body = graphOf({
    inputs: ["i", "go", ...carried.map(([from]) => from)].map((name) => valueOf(name, null, null)),
    nodes,
    outputs: [goesOn, ...carried.map(([, to]) => to), ...scanned],
  });
  const limit = count === undefined ? "" : count === null ? "open" : "count";
  const holds = condition === null ? "c" : "holds";
  const outputs = [...carried.map((_, at) => `c${at}`), ...scanned.map((_, at) => `s${at}`)];
  return built({
    inputs: [valueOf("x", [2, 3]), valueOf("c", [], "bool"), valueOf("open", [], "int64"), valueOf("symbol", ["N"])],
    initializers: [
      tensorOf("w", [3, 3]),
      tensorOf("count", [], [count ?? 0]),
      tensorOf("holds", [], [condition ?? 0], "bool"),
    ],
    nodes: [nodeOf("Loop", [limit, holds, ...carried.map(() => "x")], outputs, { attributes: { body: graphAttribute(body) } })],
    outputs,
  });
}

const product = nodeOf("MatMul", ["v", "w"], ["v2"]);
const steady = { nodes: [product], carried: [["v", "v2"]], scanned: ["v2"] } as const;

describe("Loop", () => {
  it("stacks what as many iterations scanned as M says, and costs as often", () => {
    const found = loop({ ...steady, count: 5 });
    expect(found.fact("c0")).toMatchObject({ dtype: "float32", shape: [2, 3] });
    expect(found.fact("s0").shape).toEqual([5, 2, 3]);
    expect(found.node("Loop")).toMatchObject({ kind: "control", cost: { macs: 5 * 18, flops: 5 * 36 }, parameters: 9 });
  });

  it.each([
    ["M is not known", { count: null }],
    ["M is left out", {}],
    ["M stands for no limit", { count: Number.MAX_SAFE_INTEGER }],
    ["the condition is not known", { count: 5, condition: null }],
    ["the body may end it", { count: 5, nodes: [product, nodeOf("IsNaN", ["c"], ["stop"])], goesOn: "stop" }],
  ])("has no cost and no length where %s", (_, rest) => {
    const found = loop({ ...steady, ...rest });
    expect(found.fact("c0").shape).toEqual([2, 3]);
    expect(found.fact("s0").shape).toEqual([null, 2, 3]);
    expect(found.node("Loop").cost).toBeNull();
  });

  it("does nothing where it never begins", () => {
    for (const rest of [{ count: 0 }, { count: 3, condition: 0 }, { condition: 0 }]) {
      const found = loop({ ...steady, ...rest });
      expect(found.fact("c0").shape).toEqual([2, 3]);
      expect(found.fact("s0").shape).toEqual([0, null, null]);
      expect(found.node("Loop").cost).toEqual({ macs: 0, flops: 0, bytesRead: 0, bytesWritten: 0 });
    }
  });

  it("runs once where the body ends it", () => {
    const never = nodeOf("Constant", [], ["never"], { attributes: { value: { kind: "tensor", value: tensorOf("", [], [0], "bool") } } });
    const found = loop({ ...steady, count: 5, nodes: [product, never], goesOn: "never" });
    expect(found.fact("s0").shape).toEqual([1, 2, 3]);
    expect(found.node("Loop").cost?.macs).toBe(18);
  });

  it("lets go of dimensions that change from one iteration to the next, and of nothing else", () => {
    const grown = nodeOf("Concat", ["v", "x"], ["v2"], { attributes: { axis: 0 } });
    const found = loop({ count: 5, nodes: [grown], carried: [["v", "v2"]], scanned: ["v2"] });
    expect(found.fact("c0")).toMatchObject({ dtype: "float32", shape: [null, 3] });
    expect(found.fact("s0").shape).toEqual([5, null, 3]);
    expect(found.node("Loop").cost).toBeNull();
  });

  it("ends where ranks or types change without end", () => {
    const taller = nodeOf("Unsqueeze", ["v", "zero"], ["v2"]);
    const zero = nodeOf("Constant", [], ["zero"], { attributes: { value_ints: [0] } });
    expect(loop({ count: 5, nodes: [zero, taller], carried: [["v", "v2"]] }).fact("c0")).toMatchObject({ dtype: "float32", shape: null });
    const other = nodeOf("Shape", ["v"], ["v2"]);
    expect(loop({ count: null, nodes: [other], carried: [["v", "v2"]] }).fact("c0")).toMatchObject({ dtype: null, shape: null });
  });

  it("follows a swap of two carried values", () => {
    const twice = nodeOf("Concat", ["b", "b"], ["b2"], { attributes: { axis: 1 } });
    const found = loop({ count: 3, nodes: [twice], carried: [["a", "b2"], ["b", "a"]] });
    expect(found.fact("c0").shape).toEqual([2, null]);
    expect(found.fact("c1").shape).toEqual([2, null]);
  });

  it("does not take one iteration's elements for every iteration's", () => {
    const one = nodeOf("Constant", [], ["one"], { attributes: { value_int: 1 } });
    const counted = [one, nodeOf("Add", ["i", "one"], ["n"]), nodeOf("Shape", ["v"], ["sizes"])];
    const found = loop({ count: 3, nodes: counted, carried: [["v", "v"]], scanned: ["n", "sizes"] });
    expect(found.fact("s0")).toMatchObject({ dtype: "int64", shape: [3], value: null });
    expect(found.fact("s1").shape).toEqual([3, 2]);
  });

  it("believes no symbol that its body states", () => {
    const body = graphOf({
      inputs: [valueOf("i", [], "int64"), valueOf("go", [], "bool"), valueOf("v", ["length"])],
      nodes: [nodeOf("Unheard", ["v"], ["v2"], { domain: "odd" })],
      outputs: ["go", "v2"],
      valueInfo: [valueOf("v2", ["length"])],
    });
    const found = built({
      inputs: [valueOf("x", ["M"]), valueOf("c", [], "bool")],
      nodes: [nodeOf("Loop", ["", "c", "x"], ["y"], { attributes: { body: graphAttribute(body) } })],
      outputs: ["y"],
    });
    expect(found.fact("y").shape).toEqual([null]);
    expect([...found.graph.unsupported]).toEqual([["odd:Unheard", 1]]);
  });

  it("refuses a body of other inputs or outputs than it needs", () => {
    const bare = graphOf({ inputs: [valueOf("i", [])], nodes: [], outputs: ["i"] });
    const node = nodeOf("Loop", ["", ""], [], { attributes: { body: graphAttribute(bare) } });
    expect(() => built({ nodes: [node] })).toThrow("body has 1 inputs for 0 carried values");
    expect(() => built({ nodes: [nodeOf("Loop", ["", ""], [])] })).toThrow('"body" is missing');
  });

  it("refuses work beyond what can be counted", () => {
    expect(() => loop({ ...steady, count: 2 ** 52 })).toThrow(expect.objectContaining({ code: "limit-exceeded" }));
  });
});

describe("loops in loops", () => {
  /** Each level carries two values that change their shapes, so each asks for its body several times. */
  function nested(depth: number): OnnxNode {
    const name = (what: string): string => `${what}${depth}`;
    const inner =
      depth === 0
        ? [nodeOf("Concat", [name("a"), name("b")], [name("p")], { attributes: { axis: 0 } }), nodeOf("Relu", [name("a")], [name("q")])]
        : [{ ...nested(depth - 1), inputs: ["", "c", name("a"), name("b")], outputs: [name("p"), name("q")] }];
    const body = graphOf({
      inputs: [name("i"), name("go"), name("a"), name("b")].map((each) => valueOf(each, null, null)),
      nodes: inner,
      outputs: [name("go"), name("p"), name("q")],
    });
    return nodeOf("Loop", ["", "c", "x", "x"], ["y", "z"], { attributes: { body: graphAttribute(body) } });
  }

  it.each([3, 150])("%i deep take time that does not multiply with each level", (depth) => {
    const start = performance.now();
    const found = built({ inputs: [valueOf("x", [2, 3]), valueOf("c", [], "bool")], nodes: [nested(depth)], outputs: ["y"] });
    expect(performance.now() - start).toBeLessThan(5000);
    expect(found.node("Loop").cost).toBeNull();
    expect(found.fact("y").shape ?? [null, 3]).toEqual([null, 3]);
  });

  it("1,000 deep are refused", () => {
    const model = { inputs: [valueOf("x", [2, 3]), valueOf("c", [], "bool")], nodes: [nested(1000)], outputs: ["y"] };
    expect(() => built(model)).toThrow(expect.objectContaining({ code: "limit-exceeded" }));
  });
});
