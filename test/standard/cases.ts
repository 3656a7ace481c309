import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { DataType } from "../../src/onnx/dtype.js";

/** What a run of the test really gave. */
export interface Answer {
  readonly name: string;
  readonly kind: "tensor" | "sequence" | "none";
  readonly dtype: DataType | null;
  /** null: the tensors of a sequence differ in shape. */
  readonly shape: readonly number[] | null;
  /** Of a sequence. */
  readonly length?: number;
  /** Elements of a small tensor. */
  readonly value?: readonly number[];
  /** Whether the shape depends on the values of the inputs, by the rule of python/shape_dependence.py. */
  readonly dependsOnData: boolean;
  /** What onnx.shape_inference says of the same question. */
  readonly onnx: "equal" | "unknown" | "contradiction";
}

export interface GivenTensor {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly value: readonly number[];
}

/** One of the standard's tests: a model that states nothing but its inputs, and the answers. */
export interface StandardCase {
  /** `node`, `simple`, `pytorch-operator`, `pytorch-converted`, `light`. */
  readonly source: string;
  readonly name: string;
  /** `domain:Operator` that the test is about; empty for models of many operators. */
  readonly operator: string;
  /** ONNX, in hexadecimal. */
  readonly model: string;
  /** Elements of the small inputs. */
  readonly values: Readonly<Record<string, GivenTensor>>;
  readonly outputs: readonly Answer[];
}

export interface StandardTests {
  /** Version of the onnx package that they come from. */
  readonly onnx: string;
  readonly cases: readonly StandardCase[];
}

/** Reads what python/standard_tests.py wrote. */
export function readStandardTests(path: string): StandardTests {
  const [head, ...lines] = gunzipSync(readFileSync(path)).toString("utf8").trimEnd().split("\n");
  const { onnx } = JSON.parse(head ?? "") as { readonly onnx: string };
  return { onnx, cases: lines.map((line) => JSON.parse(line) as StandardCase) };
}
