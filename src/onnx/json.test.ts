import { describe, expect, it } from "vitest";
import { fixtureNames, readFixture } from "../../test/corpus/fixtures.js";
import { encode, everything, modelOf } from "../../test/helper/onnx-everything.js";
import { jsonOf } from "../../test/helper/onnx-json.js";
import { ModelError } from "../wire/errors.js";
import { OnnxReader, readOnnx } from "./reader.js";
import { stripOnnx } from "./stripper.js";
import type { OnnxModel } from "./types.js";

const read = (json: string): OnnxModel => readOnnx(Buffer.from(json));

function errorOf(json: string | Uint8Array): ModelError {
  try {
    readOnnx(typeof json === "string" ? Buffer.from(json) : json);
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
  throw new Error("this was read as a model");
}

/** An empty model around the JSON of nodes. */
const around = (nodes: string): string => `{"irVersion":"8","opsetImport":[{"version":"17"}],"graph":{"node":${nodes}}}`;

describe("a model as JSON", () => {
  it("is the model that its bytes are", () => {
    for (const bytes of [everything(), ...fixtureNames.slice(0, 6).map(readFixture)]) {
      const json = jsonOf(bytes);
      expect(read(json)).toEqual({ ...readOnnx(bytes), fileBytes: Buffer.byteLength(json) });
    }
  });

  it("may come in chunks of any size", () => {
    const json = Buffer.from(jsonOf(everything()));
    const reader = new OnnxReader();
    for (let at = 0; at < json.length; at += 7) reader.push(json.subarray(at, at + 7));
    expect(reader.end()).toEqual(read(json.toString()));
  });

  it("may name its fields as onnx.proto does, and write numbers as numbers", () => {
    const model = read('{"ir_version":8,"producer_name":"p","opset_import":[{"domain":"","version":17}],"graph":{"node":[{"op_type":"Relu","input":["x"],"output":["y"]}]}}');
    expect([model.irVersion, model.producerName, model.opsets.get(""), model.graph.nodes[0]?.opType]).toEqual([8, "p", 17, "Relu"]);
  });

  it("holds numbers that JSON has no digits for", () => {
    const [node] = read(around('[{"opType":"Op","attribute":[{"name":"f","type":"FLOATS","floats":["NaN","-Infinity",0.5]},{"name":"i","type":"INT","i":"-9223372036854775808"}]}]')).graph.nodes;
    expect(node?.attributes.get("f")).toEqual({ kind: "floats", value: [NaN, -Infinity, 0.5] });
    expect(node?.attributes.get("i")).toEqual({ kind: "int", value: -Number.MAX_SAFE_INTEGER });
  });

  it("can have its weights taken out: the result is ONNX bytes", () => {
    const bytes = encode(modelOf({ node: [{ opType: "Relu", input: ["w"], output: ["y"] }], initializer: [{ name: "w", dims: [100], dataType: 1, rawData: Buffer.alloc(400) }] }));
    const { bytes: small, tensors } = stripOnnx(Buffer.from(jsonOf(bytes)));
    expect(tensors).toBe(1);
    expect(readOnnx(small).graph).toEqual({ ...readOnnx(bytes).graph, initializers: [{ name: "w", dtype: "float32", dims: [100], values: null, external: true }] });
  });
});

describe("JSON that is no model", () => {
  it.each([
    ['{"message":"Not Found"}', "not-onnx", "this is JSON, not an ONNX model"],
    ["{", "malformed", "begins like JSON"],
    ['{"graph":', "malformed", "begins like JSON"],
    ['{"irVersion":1.5,"graph":{}}', "malformed", "model.irVersion"],
    ['{"irVersion":"1e3","graph":{}}', "malformed", "model.irVersion"],
    ['{"graph":[1]}', "malformed", '"model.graph" should be a JSON object'],
    [around('[{"opType":7}]'), "malformed", '"model.graph.node.opType" should be a text'],
    [around('[{"opType":"Op","attribute":[{"name":"a","type":"NOVEL"}]}]'), "malformed", "attribute.type"],
    [around('[{"opType":"Op","attribute":[{"name":"a","f":"1"}]}]'), "malformed", "should be a number"],
    [around('[{"name":"n"}]'), "malformed", "names no operator"],
    ['{"irVersion":"8","graph":{}}', "malformed", "imports no operator set"],
    ['{"__proto__":{"graph":{}}}', "not-onnx", "this is JSON"],
  ] as const)("is refused: %s", (json, code, message) => {
    const error = errorOf(json);
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
  });

  it("is refused where it is not UTF-8, too large, or nested too deep", () => {
    expect(errorOf(Uint8Array.of(0x7b, 0xff, 0xff)).code).toBe("malformed");
    expect(() => readOnnx(Buffer.alloc(101, "{"), { limits: { maxJsonBytes: 100 } })).toThrow(/up to 100 bytes/);
    expect(errorOf(`{"graph":${"[".repeat(200_000)}`).code).toBe("malformed");
    let graph = '{"name":"inner"}';
    for (let depth = 0; depth < 1000; depth += 1) graph = `{"node":[{"opType":"If","attribute":[{"name":"then_branch","type":"GRAPH","g":${graph}}]}]}`;
    expect(errorOf(`{"irVersion":"8","opsetImport":[{"version":"17"}],"graph":${graph}}`).code).toBe("limit-exceeded");
  });
});
