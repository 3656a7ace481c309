import type { onnx } from "onnx-proto";
import onnxProto from "onnx-proto";

// A CommonJS package whose exports Node cannot see by name.
const { AttributeProto, ModelProto, TensorProto } = onnxProto.onnx;
const { AttributeType } = AttributeProto;

/** Float tensors above this many elements are declared without payload. */
export const INLINE_ELEMENTS = 16;
/** The file that external tensors claim to lie in; it never exists. */
export const EXTERNAL_LOCATION = "weights";

const FLOAT = TensorProto.DataType.FLOAT;
const INT64 = TensorProto.DataType.INT64;
const FLOAT_BYTES = 4;

/** Marks a number as a float attribute; bare numbers are written as integers. */
export interface FloatValue {
  readonly float: number;
}
export type AttributeValue = number | FloatValue | string | readonly number[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

export function float(value: number): FloatValue {
  return { float: value };
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** An ONNX attribute: integers and lists of them, floats marked by `float()`, strings. */
export function attribute(name: string, value: AttributeValue): onnx.IAttributeProto {
  if (typeof value === "number") return { name, type: AttributeType.INT, i: value };
  if (typeof value === "string") return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if ("float" in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: [...value] };
}

/** A float32 tensor: with its values where it is small (repeating `fill`), else declared external, without payload. */
export function floatTensor(name: string, shape: readonly number[], fill: readonly number[]): onnx.ITensorProto {
  const elements = elementCount(shape);
  const declared = { name, dims: [...shape], dataType: FLOAT };
  if (elements <= INLINE_ELEMENTS) {
    return { ...declared, floatData: Array.from({ length: elements }, (_, i) => fill[i % fill.length] ?? 0) };
  }
  return {
    ...declared,
    dataLocation: TensorProto.DataLocation.EXTERNAL,
    externalData: [
      { key: "location", value: EXTERNAL_LOCATION },
      { key: "offset", value: "0" },
      { key: "length", value: String(elements * FLOAT_BYTES) },
    ],
  };
}

/** An int64 tensor with its values, one-dimensional by default. */
export function intTensor(name: string, values: readonly number[], dims: readonly number[] = [values.length]): onnx.ITensorProto {
  return { name, dims: [...dims], dataType: INT64, int64Data: [...values] };
}

export type ElementType = "float32" | "int64";

export function valueInfo(name: string, shape: readonly number[], type: ElementType = "float32"): onnx.IValueInfoProto {
  const elemType = type === "float32" ? FLOAT : INT64;
  return { name, type: { tensorType: { elemType, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } } };
}

/** The bytes of a model of one graph and one operator set (ai.onnx). */
export function encodeModel(graph: onnx.IGraphProto, opset: number, irVersion: number): Uint8Array {
  const model: onnx.IModelProto = {
    irVersion,
    producerName: "tempograph-zoo",
    opsetImport: [{ domain: "", version: opset }],
    graph,
  };
  // A copy, since protobufjs hands out a view of a pooled buffer.
  return Uint8Array.from(ModelProto.encode(model).finish());
}
