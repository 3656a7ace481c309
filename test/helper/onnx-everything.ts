import onnxProto from "onnx-proto";
import type { onnx } from "onnx-proto";

const { TensorProto } = onnxProto.onnx;
const { AttributeType } = onnxProto.onnx.AttributeProto;
const { FLOAT, DOUBLE, INT32, INT64, STRING } = TensorProto.DataType;

/** A small valid model that uses every part of the format which the reader knows. */
export function everything(): Uint8Array {
  return encode({
    irVersion: 8,
    producerName: "tester",
    producerVersion: "1.0",
    domain: "com.example",
    modelVersion: 3,
    docString: "documentation ".repeat(20),
    opsetImport: [{ domain: "", version: 17 }, { domain: "com.example", version: 2 }],
    metadataProps: [{ key: "author", value: "nobody" }],
    functions: [
      {
        name: "Twice",
        domain: "com.example",
        input: ["a"],
        output: ["b"],
        attribute: ["alpha"],
        node: [{ opType: "Scale", input: ["a"], output: ["b"], attribute: [{ name: "alpha", type: AttributeType.FLOAT, refAttrName: "alpha" }] }],
        opsetImport: [{ domain: "", version: 17 }],
      },
    ],
    graph: {
      name: "everything",
      node: [conv(), branch(), { opType: "Twice", domain: "com.example", input: ["y"], output: ["z"] }, allAttributes()],
      initializer: tensors(),
      sparseInitializer: [
        { values: { name: "sparse", dims: [2], dataType: FLOAT, floatData: [1, 2] }, indices: { dims: [2], dataType: INT64, int64Data: [3, 7] }, dims: [100, 200] },
      ],
      input: [value("x", [1, 3, "height", "width"]), { name: "untyped" }, { name: "scalar", type: { tensorType: { elemType: INT64, shape: {} } } }],
      output: [value("z", [1, {}, 10]), { name: "list", type: { sequenceType: { elemType: { tensorType: { elemType: FLOAT, shape: {} } } } } }],
      valueInfo: [value("y", []), { name: "ranked by nobody", type: { tensorType: { elemType: FLOAT } } }],
      quantizationAnnotation: [{ tensorName: "x", quantParameterTensorNames: [{ key: "SCALE_TENSOR", value: "s" }] }],
    },
  });
}

/** A model's bytes, as onnx-proto writes them. */
export function encode(model: onnx.IModelProto): Uint8Array {
  return onnxProto.onnx.ModelProto.encode(onnxProto.onnx.ModelProto.create(model)).finish();
}

/** The smallest useful model around these parts of a graph. */
export function modelOf(graph: onnx.IGraphProto): onnx.IModelProto {
  return { irVersion: 8, opsetImport: [{ domain: "", version: 17 }], graph };
}

function conv(): onnx.INodeProto {
  return {
    name: "conv0",
    opType: "Conv",
    domain: "ai.onnx",
    input: ["x", "w", ""],
    output: ["y"],
    attribute: [
      { name: "kernel_shape", type: AttributeType.INTS, ints: [3, 3] },
      { name: "group", type: AttributeType.INT, i: 1 },
      { name: "auto_pad", type: AttributeType.STRING, s: Buffer.from("SAME_UPPER") },
    ],
  };
}

function branch(): onnx.INodeProto {
  const body = (name: string): onnx.IGraphProto => ({
    name,
    node: [{ opType: "Identity", input: ["y"], output: [`${name}.out`] }],
    initializer: [{ name: "inner", dims: [1], dataType: INT64, int64Data: [9] }],
    output: [{ name: `${name}.out` }],
  });
  return {
    name: "if",
    opType: "If",
    input: ["condition"],
    output: ["chosen"],
    attribute: [{ name: "then_branch", type: AttributeType.GRAPH, g: body("then") }, { name: "else_branch", type: AttributeType.GRAPH, g: body("else") }],
  };
}

function allAttributes(): onnx.INodeProto {
  return {
    opType: "Everything",
    domain: "com.example",
    attribute: [
      { name: "float", type: AttributeType.FLOAT, f: 0.1 },
      { name: "zero", type: AttributeType.INT },
      { name: "negative", type: AttributeType.INT, i: -7 },
      { name: "empty string", type: AttributeType.STRING },
      { name: "text", type: AttributeType.STRING, s: Buffer.from("größe") },
      { name: "tensor", type: AttributeType.TENSOR, t: { dims: [2], dataType: INT64, int64Data: [-1, 2] } },
      { name: "floats", type: AttributeType.FLOATS, floats: [1.5, -2.5, 1e30] },
      { name: "no floats", type: AttributeType.FLOATS },
      { name: "ints", type: AttributeType.INTS, ints: [1, -1, 2 ** 40] },
      { name: "no ints", type: AttributeType.INTS },
      { name: "strings", type: AttributeType.STRINGS, strings: [Buffer.from("a"), Buffer.from("")] },
      { name: "tensors", type: AttributeType.TENSORS, tensors: [{ dims: [1], dataType: FLOAT, floatData: [1] }] },
      { name: "graphs", type: AttributeType.GRAPHS, graphs: [{ name: "left out" }] },
      { name: "sparse", type: AttributeType.SPARSE_TENSOR, sparseTensor: { values: { dims: [1], dataType: FLOAT }, dims: [5, 5] } },
      { name: "type", type: AttributeType.TYPE_PROTO, tp: { tensorType: { elemType: FLOAT, shape: {} } } },
    ],
  };
}

function tensors(): onnx.ITensorProto[] {
  const bytes = (array: NodeJS.TypedArray): Buffer => Buffer.from(array.buffer);
  return [
    { name: "w", dims: [8, 3, 3, 3], dataType: FLOAT, rawData: bytes(new Float32Array(216).fill(1)) },
    { name: "stripped", dims: [64, 64], dataType: FLOAT },
    { name: "axes", dims: [3], dataType: INT64, rawData: bytes(BigInt64Array.of(-1n, 2n ** 62n, -(2n ** 63n))) },
    { name: "int32", dims: [2], dataType: INT32, int32Data: [-3, 3] },
    { name: "scales", dims: [4], dataType: FLOAT, floatData: [1, 1, 2, 0.1] },
    { name: "scalar", dims: [], dataType: FLOAT, rawData: bytes(Float32Array.of(6)) },
    { name: "double", dims: [1], dataType: DOUBLE, doubleData: [Math.E] },
    { name: "nothing", dims: [0, 4], dataType: FLOAT },
    { name: "words", dims: [1], dataType: STRING, stringData: [Buffer.from("word")] },
    { name: "outside", dims: [1000, 1000], dataType: FLOAT, dataLocation: TensorProto.DataLocation.EXTERNAL, externalData: [{ key: "location", value: "../../etc/passwd" }] },
  ];
}

type Dimension = number | string | Record<string, never>;

function value(name: string, dims: readonly Dimension[]): onnx.IValueInfoProto {
  const dim = dims.map((size) => {
    if (typeof size === "number") return { dimValue: size };
    return typeof size === "string" ? { dimParam: size } : {};
  });
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}
