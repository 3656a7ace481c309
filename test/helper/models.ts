import { onnx } from "onnx-proto";

const FLOAT = 1;

type Dimension = number | string;

interface NodeSpec {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, readonly number[]>>;
}

function valueInfo(name: string, dims: readonly Dimension[]): onnx.IValueInfoProto {
  const dim = dims.map((size) => (typeof size === "string" ? { dimParam: size } : { dimValue: size }));
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}

interface ModelSpec {
  readonly input: readonly Dimension[];
  readonly nodes: readonly NodeSpec[];
  /** Float weights by name; zeros. */
  readonly weights?: Readonly<Record<string, readonly number[]>>;
}

/** A small ONNX file, written with onnx-proto: one input `x`, and the last node's output. */
export function onnxFile({ input, nodes, weights = {} }: ModelSpec): Buffer {
  const model = onnx.ModelProto.create({
    irVersion: 8,
    producerName: "test",
    opsetImport: [{ domain: "", version: 17 }],
    graph: {
      name: "small",
      node: nodes.map(({ op, inputs, output, domain = "", attributes = {} }, index) => ({
        name: `${op}_${index}`,
        opType: op,
        domain,
        input: [...inputs],
        output: [output],
        attribute: Object.entries(attributes).map(([name, ints]) => ({ name, type: 7, ints: [...ints] })),
      })),
      input: [valueInfo("x", input)],
      output: [{ name: nodes.at(-1)?.output ?? "x" }],
      initializer: Object.entries(weights).map(([name, dims]) => ({
        name,
        dataType: FLOAT,
        dims: [...dims],
        rawData: Buffer.alloc(4 * dims.reduce((product, dim) => product * dim, 1)),
      })),
    },
  });
  return Buffer.from(onnx.ModelProto.encode(model).finish());
}

const CONV: NodeSpec = { op: "Conv", inputs: ["x", "w"], output: "c", attributes: { pads: [1, 1, 1, 1] } };
const RELU: NodeSpec = { op: "Relu", inputs: ["c"], output: "y" };
const WEIGHTS = { w: [8, 3, 3, 3] };

/** Conv and Relu on 1x3x16x16. */
export const convFile = (): Buffer => onnxFile({ input: [1, 3, 16, 16], nodes: [CONV, RELU], weights: WEIGHTS });

/** The same with a symbolic batch. */
export const dynamicFile = (): Buffer => onnxFile({ input: ["batch", 3, 16, 16], nodes: [CONV, RELU], weights: WEIGHTS });

/** Conv, then an operator that nobody knows. */
export const halfKnownFile = (): Buffer =>
  onnxFile({
    input: [1, 3, 16, 16],
    nodes: [CONV, { op: "Frobnicate", domain: "com.example", inputs: ["c"], output: "y" }],
    weights: WEIGHTS,
  });

/** Nothing but an operator that nobody knows. */
export const unknownFile = (): Buffer =>
  onnxFile({ input: [1, 3], nodes: [{ op: "Frobnicate", domain: "com.example", inputs: ["x"], output: "y" }] });

/** One Gemm with weights of `bytes` bytes, for uploads of some size. */
export function heavyFile(bytes: number): Buffer {
  const columns = Math.ceil(bytes / 4 / 64);
  return onnxFile({
    input: [1, 64],
    nodes: [{ op: "MatMul", inputs: ["x", "w"], output: "y" }],
    weights: { w: [64, columns] },
  });
}
