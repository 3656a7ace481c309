import { describe, expect, it } from "vitest";
import { floatAttr, floatsAttr, graphAttr, hasAttr, intAttr, intsAttr, stringAttr, stringsAttr, tensorAttr } from "./attributes.js";
import type { OnnxAttribute, OnnxNode } from "./types.js";

const TENSOR = { name: "t", dtype: "int64", dims: [1], values: [3], external: false } as const;
const GRAPH = { name: "g", nodes: [], initializers: [], inputs: [], outputs: [], valueInfo: [] } as const;

function nodeWith(attributes: Readonly<Record<string, OnnxAttribute>>, name = "n"): OnnxNode {
  return { name, domain: "", opType: "Op", inputs: [], outputs: [], attributes: new Map(Object.entries(attributes)) };
}

const NODE = nodeWith({
  int: { kind: "int", value: 3 },
  float: { kind: "float", value: 0.5 },
  string: { kind: "string", value: "SAME" },
  ints: { kind: "ints", value: [1, 2] },
  floats: { kind: "floats", value: [0.5] },
  strings: { kind: "strings", value: ["a"] },
  tensor: { kind: "tensor", value: TENSOR },
  graph: { kind: "graph", value: GRAPH },
});

const ACCESSORS = [
  ["int", intAttr, 3],
  ["float", floatAttr, 0.5],
  ["string", stringAttr, "SAME"],
  ["ints", intsAttr, [1, 2]],
  ["floats", floatsAttr, [0.5]],
  ["strings", stringsAttr, ["a"]],
  ["tensor", tensorAttr, TENSOR],
  ["graph", graphAttr, GRAPH],
] as const;

describe("attribute accessors", () => {
  it.each(ACCESSORS)("read %s", (name, read, value) => {
    expect(read(NODE, name)).toEqual(value);
    expect(read(NODE, "absent")).toBeUndefined();
  });

  it("fall back where the node leaves the attribute out, not where it is zero or empty", () => {
    const node = nodeWith({ zero: { kind: "int", value: 0 }, nothing: { kind: "string", value: "" } });
    expect([intAttr(node, "axis", -1), floatAttr(node, "alpha", 0.01), stringAttr(node, "mode", "linear")]).toEqual([-1, 0.01, "linear"]);
    expect([intAttr(node, "zero", 7), stringAttr(node, "nothing", "linear")]).toEqual([0, ""]);
  });

  it("tell presence from absence", () => {
    expect([hasAttr(NODE, "int"), hasAttr(NODE, "constructor")]).toEqual([true, false]);
  });

  it.each(ACCESSORS)("refuse another kind where %s is wanted", (name, read) => {
    const node = nodeWith({ axis: { kind: "other" } });
    const detail = { node: "n", opType: "Op", field: "axis" };
    expect(() => read(node, "axis")).toThrow(expect.objectContaining({ code: "malformed", detail }) as Error);
    const other = nodeWith({ axis: name === "int" ? { kind: "float", value: 1 } : { kind: "int", value: 1 } }, "");
    expect(() => read(other, "axis")).toThrow(/^attribute "axis" of Op must be an? .*, not an? (integer|float)$/);
  });
});
