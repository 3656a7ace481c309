import { describe, expect, it } from "vitest";
import { fixtureNames, readFixture } from "../../test/corpus/fixtures.js";
import { encode, everything, modelOf } from "../../test/helper/onnx-everything.js";
import { decodeWithOracle } from "../../test/helper/onnx-oracle.js";
import { chunks, concat, delimited, fixed32, int, seededRandom, text, varint } from "../../test/helper/protobuf.js";
import { OnnxReader, readOnnx, readOnnxStream } from "./reader.js";
import type { OnnxAttribute, OnnxModel } from "./types.js";

function readInChunks(bytes: Uint8Array, size: () => number): OnnxModel {
  const reader = new OnnxReader();
  for (const chunk of chunks(bytes, size)) {
    reader.push(chunk);
    chunk.fill(0xff); // the reader must not look at a chunk again
  }
  return reader.end();
}

describe("reading a model", () => {
  const bytes = everything();

  it("finds what onnx-proto finds in a model that uses the whole format", () => {
    expect(readOnnx(bytes)).toEqual(decodeWithOracle(bytes));
  });

  it("finds the same in chunks of one byte", () => {
    expect(readInChunks(bytes, () => 1)).toEqual(decodeWithOracle(bytes));
  });

  it("finds the same in chunks of any size", () => {
    const expected = decodeWithOracle(bytes);
    for (let seed = 0; seed < 50; seed += 1) {
      const random = seededRandom(seed);
      expect(readInChunks(bytes, () => Math.ceil(random() * 200))).toEqual(expected);
    }
  });

  it("finds the same in a stream", async () => {
    async function* stream(): AsyncGenerator<Uint8Array> {
      for (const chunk of chunks(bytes, () => 100)) yield await Promise.resolve(chunk);
    }
    expect(await readOnnxStream(stream())).toEqual(decodeWithOracle(bytes));
  });

  it.each(fixtureNames.filter((_, i) => i % 4 === 0))("finds what onnx-proto finds in %s", (name) => {
    const file = readFixture(name);
    expect(readOnnx(file)).toEqual(decodeWithOracle(file));
  });

  it("does not care where a chunk lies in its buffer", () => {
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(readOnnx(shifted.subarray(3))).toEqual(readOnnx(bytes));
  });
});

/* Field numbers of onnx.proto: ModelProto.graph 7, GraphProto.node 1, NodeProto.attribute 5. */
function modelBytes(...graphParts: readonly Uint8Array[]): Uint8Array {
  return concat(int(1, 8), delimited(8, int(2, 17)), delimited(7, ...graphParts));
}

function attributesOf(...attributes: readonly Uint8Array[]): ReadonlyMap<string, OnnxAttribute> {
  const model = readOnnx(modelBytes(delimited(1, text(4, "Op"), ...attributes.map((each) => delimited(5, each)))));
  return model.graph.nodes[0]?.attributes ?? new Map();
}

describe("encodings that writers may choose", () => {
  it("takes repeated integers packed, unpacked and mixed", () => {
    const values: OnnxAttribute = { kind: "ints", value: [1, 2, 3] };
    expect(attributesOf(concat(text(1, "a"), int(8, 1), int(8, 2), int(8, 3))).get("a")).toEqual(values);
    expect(attributesOf(concat(text(1, "a"), delimited(8, varint(1), varint(2), varint(3)))).get("a")).toEqual(values);
    expect(attributesOf(concat(text(1, "a"), int(8, 1), delimited(8, varint(2)), int(8, 3))).get("a")).toEqual(values);
  });

  it("takes repeated floats packed and unpacked", () => {
    const packed = delimited(7, new Uint8Array(Float32Array.of(1, 2).buffer));
    expect(attributesOf(concat(text(1, "a"), fixed32(7, 1), fixed32(7, 2)))).toEqual(attributesOf(concat(text(1, "a"), packed)));
  });

  it("infers the type of an attribute where an old file declares none", () => {
    const kinds = [fixed32(2, 1), int(3, 1), text(4, "s"), delimited(5), delimited(6), fixed32(7, 1), int(8, 1), text(9, "s"), delimited(22, delimited(1))];
    const found = kinds.map((field) => attributesOf(concat(text(1, "a"), field)).get("a")?.kind);
    expect(found).toEqual(["float", "int", "string", "tensor", "graph", "floats", "ints", "strings", "tensor"]);
    expect(attributesOf(text(1, "a")).get("a")).toEqual({ kind: "other" });
  });

  it("lets the last of several singular fields win, and merges messages", () => {
    const model = readOnnx(
      concat(
        modelBytes(delimited(1, text(3, "first"), text(4, "Relu"), text(3, "second")), text(2, "graph")),
        int(1, 9),
        delimited(7, text(2, "renamed"), delimited(1, text(4, "Add"))),
      ),
    );
    expect(model.irVersion).toBe(9);
    expect(model.graph.name).toBe("renamed");
    expect(model.graph.nodes.map((node) => [node.opType, node.name])).toEqual([["Relu", "second"], ["Add", ""]]);
  });

  it("merges a value's type that comes in two parts, and lets the last alternative win", () => {
    const dim = (size: number): Uint8Array => delimited(2, delimited(1, int(1, size)));
    const tensor = (...parts: readonly Uint8Array[]): Uint8Array => delimited(2, delimited(1, ...parts));
    const map = delimited(2, delimited(5, int(1, 7)));
    const sequence = (element: Uint8Array): Uint8Array => delimited(2, delimited(4, delimited(1, element)));
    const floats = delimited(1, int(1, 1), delimited(2, delimited(1, int(1, 2))));
    const model = readOnnx(
      modelBytes(
        delimited(11, text(1, "merged"), tensor(int(1, 1), dim(2)), tensor(dim(3))),
        delimited(11, text(1, "map"), tensor(int(1, 1), dim(2)), map),
        delimited(11, text(1, "sequence"), tensor(int(1, 7), dim(3)), sequence(floats)),
        delimited(11, text(1, "tensor"), sequence(floats), tensor(int(1, 7), dim(4))),
      ),
    );
    expect(model.graph.inputs).toEqual([
      { name: "merged", dtype: "float32", shape: [2, 3] },
      { name: "map", dtype: null, shape: null },
      { name: "sequence", dtype: null, shape: null, container: { kind: "sequence", element: { dtype: "float32", shape: [2] } } },
      { name: "tensor", dtype: "int64", shape: [4] },
    ]);
  });

  it("lets the last of a dimension's value and name win", () => {
    const both = (...parts: readonly Uint8Array[]): Uint8Array => delimited(11, delimited(2, delimited(1, delimited(2, delimited(1, ...parts)))));
    const model = readOnnx(modelBytes(both(int(1, 5), text(2, "N")), both(text(2, "N"), int(1, 5)), both(text(2, ""))));
    expect(model.graph.inputs.map((input) => input.shape)).toEqual([["N"], [5], [null]]);
  });

  it("saturates integer attributes at the safe range", () => {
    const found = attributesOf(concat(text(1, "a"), int(8, 2n ** 63n - 1n), int(8, -(2n ** 63n)), int(8, 2n ** 53n - 1n)));
    const max = Number.MAX_SAFE_INTEGER;
    expect(found.get("a")).toEqual({ kind: "ints", value: [max, -max, max] });
    expect(attributesOf(concat(text(1, "a"), int(3, 2n ** 62n))).get("a")).toEqual({ kind: "int", value: max });
  });

  it("leaves attribute strings out that are no text or too long", () => {
    const blob = delimited(4, Uint8Array.of(0xff, 0xfe));
    expect(attributesOf(concat(text(1, "a"), blob)).get("a")).toEqual({ kind: "other" });
    expect(attributesOf(concat(text(1, "a"), text(4, "x".repeat(70_000)))).get("a")).toEqual({ kind: "other" });
    expect(attributesOf(concat(text(1, "a"), text(9, "x"), delimited(9, Uint8Array.of(0xff)))).get("a")).toEqual({ kind: "other" });
  });

  it("names the function's attribute that an attribute refers to", () => {
    expect(attributesOf(concat(text(1, "a"), int(20, 2), text(21, "outer"))).get("a")).toEqual({ kind: "other", reference: "outer" });
  });

  it("reads a function's defaults", () => {
    const fn = delimited(25, text(1, "F"), text(6, "required"), delimited(11, text(1, "alpha"), fixed32(2, 0.5), int(20, 1)));
    const [read] = readOnnx(concat(modelBytes(), fn)).functions;
    expect(read?.attributeDefaults).toEqual(new Map([["alpha", { kind: "float", value: 0.5 }]]));
    expect(read?.attributeNames).toEqual(["required"]);
  });

  it("takes ai.onnx for the default domain", () => {
    const model = readOnnx(concat(int(1, 8), delimited(8, text(1, "ai.onnx"), int(2, 13)), delimited(7)));
    expect([...model.opsets]).toEqual([["", 13]]);
  });

  it("reads a chain of 100,000 nodes", () => {
    const node = Array.from({ length: 100_000 }, (_, i) => ({ opType: "Relu", input: [`v${i}`], output: [`v${i + 1}`] }));
    const model = readOnnx(encode(modelOf({ node })));
    expect(model.graph.nodes).toHaveLength(100_000);
    expect(model.graph.nodes[99_999]?.outputs).toEqual(["v100000"]);
  });
});
