import { afterEach, describe, expect, it } from "vitest";
import type { OnnxFunction, OnnxNode } from "../../src/onnx/types.js";
import { useServer } from "../helper/app.js";
import { encodeModel } from "../helper/onnx-encode.js";
import { modelOf, nodeOf, tensorOf, valueOf, type ModelSpec } from "../helper/onnx.js";

const server = useServer();

/** After every case the server still answers. */
afterEach(() => server().isAlive());

function post(path: string, body: Uint8Array<ArrayBuffer> | FormData): Promise<Response> {
  const headers = body instanceof FormData ? {} : { "content-type": "application/octet-stream" };
  return fetch(`${server().url}${path}`, { method: "POST", body, headers });
}

describe("models that are made to hurt", () => {
  const X = valueOf("x", [1, 8]);
  const relu = (input: string, output: string) => nodeOf("Relu", [input], [output]);
  const call = (output: string) => nodeOf("F", ["x"], [output], { domain: "local" });
  const local = (...nodes: readonly OnnxNode[]): OnnxFunction => {
    return { domain: "local", name: "F", inputs: ["a"], outputs: ["b"], attributeNames: [], nodes, opsets: new Map([["", 17]]) };
  };
  const hostile = (spec: Omit<ModelSpec, "inputs">) => new Uint8Array(encodeModel(modelOf({ inputs: [X], ...spec })));
  const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
  const wide = local(nodeOf("Concat", many(50_000, () => "a"), ["b"], { attributes: { axis: 0 } }));

  it.each([
    ["a function that calls itself", { nodes: [call("y")], functions: [local(nodeOf("F", ["a"], ["b"], { domain: "local" }))] }, 400],
    ["functions that unfold to gigabytes", { nodes: many(10_000, (i) => call(`y${i}`)), functions: [wide] }, 413],
    ["a cycle", { nodes: [relu("b", "a"), relu("a", "b")] }, 400],
    ["a rank of 65", { nodes: [nodeOf("Unknown", ["w"], ["y"])], initializers: [tensorOf("w", new Array<number>(65).fill(1))] }, 413],
    ["sizes beyond counting", { nodes: [nodeOf("Relu", ["w"], ["y"])], initializers: [tensorOf("w", [2 ** 40, 2 ** 40])] }, 413],
    ["a stride of 0", { nodes: [nodeOf("MaxPool", ["x"], ["y"], { attributes: { kernel_shape: [1], strides: [0] } })] }, 400],
  ])("%s: refused by name, for each way to send it", async (_name, spec, status) => {
    const body = hostile(spec);
    for (const path of ["/predict", "/models"]) {
      const form = new FormData();
      form.set("model", new Blob([body]), "f.onnx");
      for (const answer of [await post(path, body), await post(path, form)]) {
        expect(answer.headers.get("content-type")).toContain("application/problem+json");
        const problem = (await answer.json()) as { status: number };
        expect([answer.status, problem.status], JSON.stringify(problem).slice(0, 300)).toEqual([status, status]);
      }
    }
  });

  it("a chain of 20,000 nodes is answered", async () => {
    const nodes = many(20_000, (i) => relu(i === 0 ? "x" : `y${i - 1}`, `y${i}`));
    expect((await post("/predict", hostile({ nodes, outputs: ["y19999"] }))).status).toBe(200);
  });

  it.each(["__proto__", "constructor", "toString"])("everything named %s is answered", async (name) => {
    const body = hostile({ nodes: [nodeOf("Relu", ["x"], [name], { name }), nodeOf(name, [name], ["y"], { domain: name })], outputs: ["y"] });
    const answer = await post("/predict", body);
    expect([200, 422]).toContain(answer.status);
    expect(await answer.text()).toContain(name);
  });
});
