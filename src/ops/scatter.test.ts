import { describe, expect, it } from "vitest";
import type { OnnxAttribute, OnnxNode } from "../onnx/types.js";
import { fact } from "./facts.js";
import { lookupOperator } from "./index.js";
import type { Operator, ValueFact } from "./operator.js";

function node(opType: string, attributes: Record<string, OnnxAttribute> = {}): OnnxNode {
  return { name: "n", domain: "", opType, inputs: [], outputs: [], attributes: new Map(Object.entries(attributes)) };
}

function operatorOf(type: string, opset: number): Operator {
  const operator = lookupOperator("", type, opset);
  if (operator === undefined) throw new Error(`${type} is not registered`);
  return operator;
}

function run(described: OnnxNode, inputs: readonly ValueFact[], opset = 18) {
  const operator = operatorOf(described.opType, opset);
  const context = { node: described, opset, attributes: operator.parseAttributes(described, opset), inputs };
  const outputs = operator.inferShapes(context);
  return { outputs, cost: operator.cost({ ...context, outputs }) };
}

const data = fact("float32", [4, 5]);

describe("ScatterND", () => {
  const inputs = [data, fact("int64", [2, 1]), fact("float32", [2, 5])];

  it("keeps the data's shape and type, and computes nothing", () => {
    const { outputs, cost } = run(node("ScatterND"), inputs);
    expect(outputs).toEqual([data]);
    expect(cost).toEqual({ macs: 0, flops: 0, bytesRead: 80 + 16 + 40, bytesWritten: 80 });
  });

  it("computes once for each update that it combines", () => {
    const adding = node("ScatterND", { reduction: { kind: "string", value: "add" } });
    expect(run(adding, inputs).cost.flops).toBe(10);
  });

  it("refuses index tuples longer than the rank, and reductions that ONNX does not know", () => {
    expect(() => run(node("ScatterND"), [data, fact("int64", [2, 3]), data])).toThrow(/tuples of 3 into rank 2/);
    const odd = node("ScatterND", { reduction: { kind: "string", value: "__proto__" } });
    expect(() => run(odd, inputs)).toThrow(expect.objectContaining({ code: "malformed" }));
  });
});

describe("ScatterElements", () => {
  it("keeps the data's shape, also under its old name", () => {
    const inputs = [data, fact("int64", [2, 5]), fact("float32", [2, 5])];
    expect(run(node("ScatterElements"), inputs).outputs).toEqual([data]);
    expect(run(node("Scatter"), inputs, 9).outputs).toEqual([data]);
  });

  it("refuses an axis outside the rank and indices of another rank", () => {
    const updates = fact("float32", [2, 5]);
    const axis = node("ScatterElements", { axis: { kind: "int", value: 2 } });
    expect(() => run(axis, [data, fact("int64", [2, 5]), updates])).toThrow();
    expect(() => run(node("ScatterElements"), [data, fact("int64", [2]), updates])).toThrow(/rank/);
  });
});
