import onnxProto from "onnx-proto";
import { describe, expect, it } from "vitest";
import { encode, everything, modelOf } from "../../test/helper/onnx-everything.js";
import { chunks, concat, delimited, int, seededRandom, tag, text, varint } from "../../test/helper/protobuf.js";
import { ModelError, type ModelErrorCode } from "../wire/errors.js";
import { OnnxReader, readOnnx, type OnnxReaderOptions } from "./reader.js";

const { AttributeType } = onnxProto.onnx.AttributeProto;
const HEADER = concat(int(1, 8), delimited(8, int(2, 17)));

function errorOf(bytes: Uint8Array, options?: OnnxReaderOptions): ModelError {
  try {
    readOnnx(bytes, options);
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error("this was read as a model");
}

function codeOf(bytes: Uint8Array, options?: OnnxReaderOptions): ModelErrorCode {
  return errorOf(bytes, options).code;
}

describe("a file that is cut short", () => {
  /** Where a field of the model ends: a file that ends there may be complete. */
  function fieldEnds(bytes: Uint8Array): Set<number> {
    const ends = new Set<number>();
    for (let at = 0; at < bytes.length; ) {
      const isDelimited = ((bytes[at] ?? 0) & 7) === 2;
      while ((bytes[at] ?? 0) >= 0x80) at += 1;
      at += 1;
      let length = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at] ?? 0;
        at += 1;
        length += (byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
      if (isDelimited) at += length;
      ends.add(at);
    }
    return ends;
  }

  it("is called truncated wherever the cut is inside a field", () => {
    const bytes = everything();
    const ends = fieldEnds(bytes);
    expect(ends.has(bytes.length)).toBe(true);
    for (let length = 1; length < bytes.length; length += 1) {
      if (!ends.has(length)) expect(codeOf(bytes.subarray(0, length)), `${length} bytes`).toBe("truncated");
    }
  });

  it("says at which byte", () => {
    expect(errorOf(everything().subarray(0, 500))).toMatchObject({ code: "truncated", detail: { byteOffset: 500 } });
  });
});

describe("a protobuf that is no model", () => {
  it("is not ONNX when it has none of its fields", () => {
    expect(codeOf(concat(int(200, 1), text(201, "other")))).toBe("not-onnx");
  });

  it("is malformed without a graph", () => {
    expect(errorOf(HEADER).message).toBe("the ONNX model has no graph");
    expect(codeOf(HEADER)).toBe("malformed");
  });

  it("is malformed without operator sets, from IR version 3 on", () => {
    expect(codeOf(concat(int(1, 3), delimited(7)))).toBe("malformed");
    expect(readOnnx(concat(int(1, 2), delimited(7))).opsets.size).toBe(0);
  });

  it.each([-1, 2n ** 60n])("is malformed with the opset version %d", (version) => {
    expect(codeOf(concat(int(1, 8), delimited(8, int(2, version)), delimited(7)))).toBe("malformed");
  });
});

describe("hostile names", () => {
  const NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", ""];

  it.each(NAMES)("are names like any other: %j", (name) => {
    const model = readOnnx(
      encode(
        modelOf({
          name,
          node: [{ name, opType: name || "Op", domain: name, input: [name], output: [name], attribute: [{ name, type: AttributeType.INT, i: 5 }] }],
          initializer: [{ name, dims: [1], dataType: 7, int64Data: [1] }],
          input: [{ name, type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: name || "N" }] } } } }],
        }),
      ),
    );
    const [node] = model.graph.nodes;
    expect([node?.name, node?.domain, node?.inputs, node?.outputs]).toEqual([name, name, [name], [name]]);
    expect([...(node?.attributes ?? [])]).toEqual([[name, { kind: "int", value: 5 }]]);
    expect([model.graph.initializers[0]?.name, model.graph.inputs[0]?.shape]).toEqual([name, [name || "N"]]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("hostile numbers", () => {
  const input = (size: number | bigint): Uint8Array => {
    const shape = delimited(2, delimited(1, int(1, size)));
    return concat(HEADER, delimited(7, delimited(11, text(1, "x"), delimited(2, delimited(1, int(1, 1), shape)))));
  };

  it("reads an exporter's -1 as an unknown dimension, and 0 as 0", () => {
    expect(readOnnx(input(-1)).graph.inputs[0]?.shape).toEqual([null]);
    expect(readOnnx(input(0)).graph.inputs[0]?.shape).toEqual([0]);
  });

  it.each([-2n, 2n ** 53n + 1n, -(2n ** 63n)])("refuses a value's dimension %d", (size) => {
    expect(errorOf(input(size))).toMatchObject({ code: "malformed", detail: { field: "x" } });
  });

  it("reads an element type that ONNX does not define as unknown", () => {
    const bytes = concat(HEADER, delimited(7, delimited(11, delimited(2, delimited(1, int(1, 12_345))))));
    expect(readOnnx(bytes).graph.inputs[0]).toEqual({ name: "", dtype: null, shape: null });
  });
});

describe("hostile structure", () => {
  const node = (...parts: readonly Uint8Array[]): Uint8Array => delimited(1, ...parts);
  const graph = (...parts: readonly Uint8Array[]): Uint8Array => concat(HEADER, delimited(7, ...parts));

  it.each([
    ["If", "then_branch"],
    ["Loop", "body"],
    ["Scan", "body"],
  ])("refuses %s nested 1,000 deep", (op, attribute) => {
    let bytes = delimited(6);
    for (let depth = 0; depth < 1000; depth += 1) bytes = delimited(6, node(text(4, op), delimited(5, text(1, attribute), bytes)));
    expect(codeOf(graph(node(text(4, op), delimited(5, bytes))))).toBe("limit-exceeded");
  });

  it("refuses broken messages also where it keeps nothing of them: taking the weights out finds the same", () => {
    const broken = [0x0f, 0x01];
    const attribute = (field: number): Uint8Array => delimited(5, text(1, "a"), delimited(field, Uint8Array.from(broken)));
    for (const field of [10, 11, 23]) expect(codeOf(graph(node(text(4, "Op"), attribute(field)))), `field ${field}`).toBe("malformed");
    expect(codeOf(graph(delimited(15, delimited(2, Uint8Array.from(broken)))))).toBe("malformed");
    expect(codeOf(concat(HEADER, delimited(7), delimited(25, delimited(12, Uint8Array.from([0x0a, 0x7f])))))).toBe("malformed");
  });

  it("refuses millions of empty messages", () => {
    const empty = Buffer.alloc(2 * 2_100_000);
    for (let i = 0; i < empty.length; i += 2) empty[i] = 13 * 8 + 2; // GraphProto.value_info
    expect(codeOf(graph(empty))).toBe("limit-exceeded");
  });

  it("refuses more nodes than the limit", () => {
    const relu = node(text(4, "Relu"));
    expect(codeOf(graph(relu, relu, relu), { limits: { maxNodes: 2 } })).toBe("limit-exceeded");
    expect(readOnnx(graph(relu, relu), { limits: { maxNodes: 2 } }).graph.nodes).toHaveLength(2);
  });

  it("refuses lists that go on for ever", () => {
    const inputs = node(text(4, "Concat"), ...new Array<Uint8Array>(101).fill(text(1, "")));
    expect(codeOf(graph(inputs), { limits: { maxListItems: 100 } })).toBe("limit-exceeded");
    const ints = node(text(4, "Op"), delimited(5, delimited(8, new Uint8Array(101))));
    expect(codeOf(graph(ints), { limits: { maxListItems: 100 } })).toBe("limit-exceeded");
  });

  it("refuses a node without an operator and an attribute that occurs twice", () => {
    expect(errorOf(graph(node(text(3, "n"))))).toMatchObject({ code: "malformed", detail: { node: "n" } });
    const twice = node(text(4, "Op"), delimited(5, text(1, "axis")), delimited(5, text(1, "axis")));
    expect(errorOf(graph(twice))).toMatchObject({ code: "malformed", detail: { opType: "Op", field: "axis" } });
  });

  it("refuses a tensor or graph attribute without its tensor or graph", () => {
    expect(codeOf(graph(node(text(4, "Op"), delimited(5, text(1, "value"), int(20, 4)))))).toBe("malformed");
    expect(codeOf(graph(node(text(4, "Op"), delimited(5, text(1, "body"), int(20, 5)))))).toBe("malformed");
  });

  it("allocates nothing for lengths that a file only declares", () => {
    const declared = concat(HEADER, tag(7, 2), varint(2 ** 31 - 1), tag(5, 2), varint(2 ** 30), tag(9, 2), varint(2 ** 29));
    expect(codeOf(declared)).toBe("truncated");
  });
});

describe("20,000 random mutants of a model", () => {
  const original = everything();

  function mutate(random: () => number): Uint8Array {
    const below = (limit: number): number => Math.floor(random() * limit);
    let bytes: Uint8Array = Uint8Array.from(original);
    for (let edits = 1 + below(4); edits > 0; edits -= 1) {
      const at = below(bytes.length);
      const kind = below(5);
      if (kind === 0) bytes[at] = below(256);
      else if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
      else if (kind === 2) bytes = concat(bytes.subarray(0, at), bytes.subarray(at + 1 + below(8)));
      else if (kind === 3) bytes = concat(bytes.subarray(0, at), bytes.subarray(below(bytes.length), at + below(64)), bytes.subarray(at));
      else bytes = bytes.slice(0, at + 1);
    }
    return bytes;
  }

  it("are models or ModelErrors, and the same in chunks", () => {
    const outcomes = new Map<string, number>();
    for (let seed = 0; seed < 20_000; seed += 1) {
      const random = seededRandom(seed);
      const bytes = mutate(random);
      const whole = outcome(() => readOnnx(bytes));
      outcomes.set(whole.kind, (outcomes.get(whole.kind) ?? 0) + 1);
      if (seed % 10 !== 0) continue;
      const parts = outcome(() => {
        const reader = new OnnxReader();
        for (const chunk of chunks(bytes, () => Math.ceil(random() * 40))) reader.push(chunk);
        return reader.end();
      });
      expect(parts, `seed ${seed}`).toEqual(whole);
    }
    for (const kind of ["model", "malformed", "truncated"]) expect(outcomes.get(kind), kind).toBeGreaterThan(100);
  }, 120_000);

  function outcome(read: () => unknown): { kind: string; value: unknown } {
    try {
      return { kind: "model", value: read() };
    } catch (error) {
      if (error instanceof ModelError) return { kind: error.code, value: [error.message, error.detail] };
      throw error;
    }
  }
});
