import onnxProto from "onnx-proto";
import type { onnx } from "onnx-proto";
import { describe, expect, it } from "vitest";
import { encode, everything, modelOf } from "../../test/helper/onnx-everything.js";
import { chunks, concat, delimited, int, seededRandom, tag, text, varint } from "../../test/helper/protobuf.js";
import { fixtureNames, readFixture } from "../../test/corpus/fixtures.js";
import { ModelError } from "../wire/errors.js";
import { readOnnx } from "./reader.js";
import { OnnxStripper, stripOnnx } from "./stripper.js";
import type { OnnxModel } from "./types.js";

const { DataType, DataLocation } = onnxProto.onnx.TensorProto;
const { AttributeType } = onnxProto.onnx.AttributeProto;

const decode = (bytes: Uint8Array): onnx.ModelProto => onnxProto.onnx.ModelProto.decode(bytes);

/** All that a model says but the file's size and where elements lie that were not kept anyway. */
function essence(model: OnnxModel): unknown {
  return JSON.parse(
    JSON.stringify(model, (key, value: unknown) => {
      if (key === "fileBytes" || key === "external") return undefined;
      return value instanceof Map ? [...(value as ReadonlyMap<string, unknown>)] : value;
    }),
  );
}

/** A model of these initializers alone, stripped and decoded by an independent reader. */
function strippedTensors(...tensors: onnx.ITensorProto[]): readonly onnx.ITensorProto[] {
  return decode(stripOnnx(encode(modelOf({ initializer: tensors }))).bytes).graph?.initializer ?? [];
}

function reference(tensor: onnx.ITensorProto | undefined): Record<string, string | null | undefined> {
  expect(tensor?.dataLocation).toBe(DataLocation.EXTERNAL);
  for (const payload of ["floatData", "int32Data", "int64Data", "doubleData", "uint64Data"] as const) {
    expect(tensor?.[payload] ?? []).toHaveLength(0);
  }
  expect(tensor?.rawData ?? []).toHaveLength(0);
  return Object.fromEntries((tensor?.externalData ?? []).map(({ key, value }) => [key ?? "", value]));
}

describe("a stripped model", () => {
  it.each([["everything", everything()] as const, ...fixtureNames.slice(0, 12).map((name) => [name, readFixture(name)] as const)])(
    "is read as the same model: %s",
    (_, bytes) => {
      const { bytes: small, model } = stripOnnx(bytes);
      expect(essence(readOnnx(small))).toEqual(essence(readOnnx(bytes)));
      expect(essence(model)).toEqual(essence(readOnnx(bytes)));
      expect(stripOnnx(small).bytes).toEqual(small);
    },
  );

  it("is the same whatever chunks it came in", () => {
    const bytes = everything();
    const whole = stripOnnx(bytes).bytes;
    const random = seededRandom(7);
    for (const size of [() => 1, () => 2, () => 1 + Math.floor(60 * random())]) {
      const stripper = new OnnxStripper();
      for (const chunk of chunks(bytes, size)) stripper.push(chunk);
      expect(stripper.end().bytes).toEqual(whole);
    }
  });

  it("keeps what others may need: domain, version, annotations, attributes that the reader passes over", () => {
    const before = decode(everything());
    const after = decode(stripOnnx(everything()).bytes);
    expect(after.domain).toBe("com.example");
    expect(Number(after.modelVersion)).toBe(3);
    expect(after.graph?.quantizationAnnotation).toEqual(before.graph?.quantizationAnnotation);
    expect(after.graph?.node?.map((node) => node.attribute)).toEqual(before.graph?.node?.map((node) => node.attribute));
  });

  it("leaves documentation, metadata and training out, wherever they are", () => {
    const docString = "the author's notes";
    const metadataProps = [{ key: "trace", value: docString }];
    const bytes = encode({
      ...modelOf({
        docString,
        node: [{ opType: "Relu", input: ["x"], output: ["y"], docString, attribute: [{ name: "a", type: AttributeType.INT, i: 1, docString }] }],
        initializer: [{ name: "w", dims: [1], dataType: DataType.FLOAT, floatData: [1], docString }],
        input: [{ name: "x", docString }],
      }),
      docString,
      metadataProps,
      trainingInfo: [{ initialization: { docString } }],
    });
    // Fields that are newer than the library that wrote this: a node's metadata, inside a graph.
    const newer = concat(bytes, delimited(7, delimited(1, text(4, "Relu"), delimited(9, text(1, "trace"), text(2, docString)))));
    expect(Buffer.from(newer).includes(docString)).toBe(true);
    const { bytes: small } = stripOnnx(newer);
    expect(small.includes(docString)).toBe(false);
    expect(small.includes("trace")).toBe(false);
    expect(essence(readOnnx(small))).toEqual(essence(readOnnx(newer)));
  });

  it("keeps 64-bit attributes to the last digit", () => {
    const huge = [-(2n ** 63n) + 1n, 2n ** 63n - 1n, -1n, 2n ** 53n + 1n];
    const attributes = huge.map((value, n) => delimited(5, text(1, `i${n}`), int(20, 2), int(3, value)));
    const bytes = concat(int(1, 8), delimited(8, int(2, 17)), delimited(7, delimited(1, text(4, "Op"), ...attributes)));
    expect(stripOnnx(bytes).bytes).toEqual(Buffer.from(bytes));
  });
});

describe("a tensor", () => {
  it("becomes external data of one file, one behind the other, as wide as its type", () => {
    const tensors = strippedTensors(
      { name: "a", dims: [10, 10], dataType: DataType.FLOAT, rawData: Buffer.alloc(400) },
      { name: "b", dims: [101], dataType: 22, rawData: Buffer.alloc(51) },
      { name: "c", dims: [5000], dataType: DataType.INT64, int64Data: new Array<number>(5000).fill(1) },
      { name: "d", dims: [100], dataType: DataType.DOUBLE, doubleData: new Array<number>(100).fill(1) },
      { name: "e", dims: [70], dataType: DataType.FLOAT16, int32Data: new Array<number>(70).fill(1) },
    );
    expect(tensors.map(reference)).toEqual([
      { location: "weights", offset: "0", length: "400" },
      { location: "weights", offset: "400", length: "51" },
      { location: "weights", offset: "451", length: "40000" },
      { location: "weights", offset: "40451", length: "800" },
      { location: "weights", offset: "41251", length: "140" },
    ]);
    expect(tensors.map(({ name, dims }) => [name, dims?.map(Number)])).toEqual([
      ["a", [10, 10]],
      ["b", [101]],
      ["c", [5000]],
      ["d", [100]],
      ["e", [70]],
    ]);
  });

  it("stays where shapes may need it: small ones, index tensors up to 4,096 elements, and strings", () => {
    const kept: onnx.ITensorProto[] = [
      { name: "scales", dims: [4], dataType: DataType.FLOAT, floatData: [1, 1, 2, 2] },
      { name: "axes", dims: [4096], dataType: DataType.INT64, rawData: Buffer.alloc(8 * 4096, 1) },
      { name: "negative", dims: [4096], dataType: DataType.INT32, int32Data: new Array<number>(4096).fill(-1) },
      { name: "words", dims: [100], dataType: DataType.STRING, stringData: new Array<Uint8Array>(100).fill(Buffer.from("word")) },
      { name: "nothing", dims: [0, 1000], dataType: DataType.FLOAT },
    ];
    const written = decode(encode(modelOf({ initializer: kept }))).graph?.initializer;
    expect(strippedTensors(...kept)).toEqual(written);
  });

  it("gives up where it lay before", () => {
    const externalData = [{ key: "location", value: "../private/model.bin" }];
    const [tensor, small] = strippedTensors(
      { name: "w", dims: [1000], dataType: DataType.FLOAT, dataLocation: DataLocation.EXTERNAL, externalData },
      { name: "s", dims: [2], dataType: DataType.INT64, dataLocation: DataLocation.EXTERNAL, externalData },
    );
    expect(reference(tensor)).toEqual({ location: "weights", offset: "0", length: "4000" });
    expect(reference(small)).toEqual({ location: "weights", offset: "4000", length: "16" });
  });

  it("is found in subgraphs, functions, sparse tensors, Constants and lists of tensors", () => {
    const big: onnx.ITensorProto = { name: "w", dims: [1000], dataType: DataType.FLOAT, rawData: Buffer.alloc(4000, 7) };
    const constant: onnx.INodeProto = { opType: "Constant", output: ["c"], attribute: [{ name: "value", type: AttributeType.TENSOR, t: big }] };
    const indices = { dims: [5000], dataType: DataType.INT64, rawData: Buffer.alloc(40_000) };
    const bytes = encode({
      ...modelOf({
        node: [
          constant,
          { opType: "If", attribute: [{ name: "then_branch", type: AttributeType.GRAPH, g: { node: [constant], initializer: [big] } }] },
          { opType: "Many", attribute: [{ name: "all", type: AttributeType.TENSORS, tensors: [big, big] }, { name: "graphs", type: AttributeType.GRAPHS, graphs: [{ initializer: [big] }] }] },
        ],
        sparseInitializer: [{ values: { ...big, dims: [1000] }, indices, dims: [100, 1000] }],
      }),
      functions: [{ name: "f", domain: "d", node: [constant], opsetImport: [{ version: 17 }] }],
    });
    const { bytes: small, tensors } = stripOnnx(bytes);
    expect(tensors).toBe(9);
    expect(small.includes(Buffer.alloc(100, 7))).toBe(false);
    expect(small.length).toBeLessThan(1_000);
    expect(essence(readOnnx(small))).toEqual(essence(readOnnx(bytes)));
  });

  it("may have its shape and type behind its elements, and its dimensions packed", () => {
    const packed = delimited(1, varint(10), varint(100));
    const tensor = delimited(5, delimited(9, Buffer.alloc(4000, 7)), packed, int(2, DataType.FLOAT), text(8, "w"));
    const { bytes } = stripOnnx(concat(int(1, 8), delimited(8, int(2, 17)), delimited(7, tensor)));
    expect(reference(decode(bytes).graph?.initializer?.[0])).toMatchObject({ length: "4000" });
    expect(readOnnx(bytes).graph.initializers).toMatchObject([{ name: "w", dims: [10, 100], dtype: "float32" }]);
  });

  it("has no length where that cannot be counted", () => {
    const dims = [2 ** 40, 2 ** 40];
    const model = encode(modelOf({ initializer: [{ name: "w", dims, dataType: DataType.FLOAT }] }));
    const { bytes, weightBytes } = stripOnnx(model);
    expect(weightBytes).toBeNull();
    expect(reference(decode(bytes).graph?.initializer?.[0])).toEqual({ location: "weights" });
  });
});

describe("what is broken", () => {
  const head = concat(int(1, 8), delimited(8, int(2, 17)));
  /** A list of tensors in an attribute, which the reader does not look into. */
  const hidden = (...parts: readonly Uint8Array[]): Uint8Array =>
    concat(head, delimited(7, delimited(1, text(4, "Op"), delimited(5, text(1, "a"), delimited(10, ...parts)))));

  it.each([
    ["a field that runs past its message", hidden(tag(9, 2), varint(100))],
    ["the field 0", hidden(int(0, 1))],
    ["a wire type that does not exist", hidden(Uint8Array.of(15))],
    ["an overlong varint", hidden(tag(1, 0), new Uint8Array(11).fill(0x80))],
    ["a fixed number that runs past its message", hidden(tag(4, 5), Uint8Array.of(1))],
  ])("is refused: %s", (_, bytes) => {
    expect(() => stripOnnx(bytes)).toThrow(ModelError);
    const stripper = new OnnxStripper();
    expect(() => stripper.push(bytes)).toThrow(ModelError);
    expect(() => stripper.end()).toThrow(ModelError);
  });

  it("is refused at every length but the whole", () => {
    const bytes = everything();
    for (let length = 0; length < bytes.length; length += 1) {
      let stripped: Buffer | null = null;
      try {
        stripped = stripOnnx(bytes.subarray(0, length)).bytes;
      } catch (error) {
        expect(error).toBeInstanceOf(ModelError);
      }
      // A file that ends between two fields of the model is one that the reader takes, too.
      if (stripped !== null) expect(essence(readOnnx(stripped))).toEqual(essence(readOnnx(bytes.subarray(0, length))));
    }
  });

  it("is refused where it is nested too deep, also where the reader does not look", () => {
    let graph: Uint8Array = new Uint8Array();
    for (let depth = 0; depth < 60; depth += 1) graph = delimited(1, text(4, "Op"), delimited(5, text(1, "g"), delimited(11, graph)));
    const bytes = concat(head, delimited(7, graph));
    expect(() => stripOnnx(bytes)).toThrow(expect.objectContaining({ code: "limit-exceeded" }) as Error);
  });

  it("loses unknown fields and groups, and stays readable", () => {
    const group = concat(tag(99, 3), int(1, 1), tag(98, 3), tag(98, 4), delimited(5, Buffer.alloc(300)), tag(99, 4));
    const bytes = concat(head, group, delimited(7, group, delimited(1, text(4, "Relu"), group, text(1, "x"))), text(77, "?"));
    const { bytes: small } = stripOnnx(bytes);
    expect(small.length).toBeLessThan(40);
    expect(essence(readOnnx(small))).toEqual(essence(readOnnx(bytes)));
  });
});

it("takes 256 MiB of weights in constant memory", () => {
  const chunk = Buffer.alloc(65_536, 1);
  const size = 256 * 2 ** 20;
  const payload = concat(tag(9, 2), varint(size));
  const tensor = concat(int(1, size / 4), int(2, DataType.FLOAT), text(8, "w"), payload);
  const graph = concat(tag(5, 2), varint(tensor.length + size), tensor);
  const stripper = new OnnxStripper();
  stripper.push(concat(int(1, 8), delimited(8, int(2, 17)), tag(7, 2), varint(graph.length + size), graph));
  const before = process.memoryUsage();
  for (let sent = 0; sent < size; sent += chunk.length) stripper.push(chunk);
  const after = process.memoryUsage();
  expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(32 * 2 ** 20);
  const { bytes, weightBytes } = stripper.end();
  expect(weightBytes).toBe(size);
  expect(bytes.length).toBeLessThan(100);
});
