import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DataType } from "../../src/onnx/dtype.js";
import type { OnnxAttribute } from "../../src/onnx/types.js";
import { infer, tensor } from "../helper/operator-case.js";

interface TensorRecord {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** Elements of a small constant. */
  readonly value?: readonly number[];
}

/** One node, and the types and shapes that ONNX Runtime 1.32 gave its outputs when it ran. */
interface NodeRecord {
  readonly name: string;
  readonly domain: string;
  readonly type: string;
  readonly inputs: readonly (TensorRecord | null)[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
  readonly outputs: readonly TensorRecord[];
}

const records = JSON.parse(
  readFileSync(join(import.meta.dirname, "onnxruntime", "nodes.json"), "utf8"),
) as readonly NodeRecord[];

describe("operators of com.microsoft and ai.onnx.ml", () => {
  it.each(records.map((record) => [record.name, record] as const))("%s: as ONNX Runtime ran it", (_, record) => {
    const { domain, type, inputs, attributes, outputs } = record;
    const facts = infer(type, {
      domain,
      opset: domain === "" ? 17 : domain === "ai.onnx.ml" ? 3 : 1,
      inputs: inputs.map((input) => (input === null ? null : tensor(input.shape, input))),
      attributes,
      outputs: outputs.length,
    });
    expect(facts.map(({ dtype, shape }) => ({ dtype, shape }))).toEqual(outputs);
  });
});
