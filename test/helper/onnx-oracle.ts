import onnxProto from "onnx-proto";
import type { onnx } from "onnx-proto";
import { dataTypeOf } from "../../src/onnx/dtype.js";
import type { Dim, OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxType, OnnxValueInfo } from "../../src/onnx/types.js";

/*
 * What the streaming reader should make of a file, by way of onnx-proto: an independent decoder that holds the whole file.
 * It covers what valid files hold; fields that were left out are null or their defaults.
 */

/** Decodes a file with onnx-proto and puts it in this project's types. */
export function decodeWithOracle(bytes: Uint8Array): OnnxModel {
  const model = onnxProto.onnx.ModelProto.decode(bytes);
  return {
    irVersion: number(model.irVersion),
    producerName: model.producerName,
    producerVersion: model.producerVersion,
    opsets: opsets(model.opsetImport),
    graph: graph(model.graph ?? {}),
    functions: model.functions.map((fn) => ({
      domain: domain(fn.domain),
      name: fn.name ?? "",
      inputs: fn.input ?? [],
      outputs: fn.output ?? [],
      attributeNames: fn.attribute ?? [],
      attributeDefaults: new Map(),
      nodes: (fn.node ?? []).map(node),
      opsets: opsets(fn.opsetImport ?? []),
    })),
    fileBytes: bytes.length,
  };
}

function graph(proto: onnx.IGraphProto): OnnxGraph {
  return {
    name: proto.name ?? "",
    nodes: (proto.node ?? []).map(node),
    initializers: [...(proto.initializer ?? []).map(tensor), ...(proto.sparseInitializer ?? []).map(sparseTensor)],
    inputs: (proto.input ?? []).map(valueInfo),
    outputs: (proto.output ?? []).map(valueInfo),
    valueInfo: (proto.valueInfo ?? []).map(valueInfo),
  };
}

function node(proto: onnx.INodeProto): OnnxNode {
  return {
    name: proto.name ?? "",
    domain: domain(proto.domain),
    opType: proto.opType ?? "",
    inputs: proto.input ?? [],
    outputs: proto.output ?? [],
    attributes: new Map((proto.attribute ?? []).map((each) => [each.name ?? "", attribute(each)])),
  };
}

function attribute(proto: onnx.IAttributeProto): OnnxAttribute {
  if ((proto.refAttrName ?? "") !== "") return { kind: "other", reference: proto.refAttrName ?? "" };
  const type: number = proto.type ?? 0;
  switch (type) {
    case 1:
      return { kind: "float", value: proto.f ?? 0 };
    case 2:
      return { kind: "int", value: number(proto.i) };
    case 3:
      return { kind: "string", value: Buffer.from(proto.s ?? []).toString() };
    case 4:
      return { kind: "tensor", value: tensor(proto.t ?? {}) };
    case 5:
      return { kind: "graph", value: graph(proto.g ?? {}) };
    case 6:
      return { kind: "floats", value: proto.floats ?? [] };
    case 7:
      return { kind: "ints", value: (proto.ints ?? []).map((each: unknown) => number(each)) };
    case 8:
      return { kind: "strings", value: (proto.strings ?? []).map((each) => Buffer.from(each).toString()) };
    case 11:
      return { kind: "tensor", value: sparseTensor(proto.sparseTensor ?? {}) };
    default:
      return { kind: "other" };
  }
}

function tensor(proto: onnx.ITensorProto): OnnxTensor {
  const dims = (proto.dims ?? []).map((each: unknown) => number(each));
  const dtype = dataTypeOf(proto.dataType ?? 0) ?? "undefined";
  const location: number = proto.dataLocation ?? 0;
  const external = location === 1;
  const count = dims.reduce((product, dim) => product * dim, 1);
  const kept = count === 0 || (!external && count <= (dtype === "int64" || dtype === "int32" ? 4096 : 64));
  const values = kept ? elements(proto, dtype) : null;
  return { name: proto.name ?? "", dtype, dims, values: values?.length === count ? values : null, external };
}

function elements(proto: onnx.ITensorProto, dtype: string): number[] | null {
  const raw = proto.rawData ?? new Uint8Array(0);
  const bytes = Uint8Array.from(raw).buffer;
  switch (dtype) {
    case "float32":
      return raw.length > 0 ? [...new Float32Array(bytes)] : (proto.floatData ?? []);
    case "float64":
      return raw.length > 0 ? [...new Float64Array(bytes)] : (proto.doubleData ?? []);
    case "int32":
      return raw.length > 0 ? [...new Int32Array(bytes)] : (proto.int32Data ?? []);
    case "int64":
      return (raw.length > 0 ? [...new BigInt64Array(bytes)].map(saturated) : (proto.int64Data ?? []).map((each: unknown) => number(each)));
    default:
      return null;
  }
}

function sparseTensor(proto: onnx.ISparseTensorProto): OnnxTensor {
  return { ...tensor(proto.values ?? {}), dims: (proto.dims ?? []).map((each: unknown) => number(each)), values: null };
}

function valueInfo(proto: onnx.IValueInfoProto): OnnxValueInfo {
  return { name: proto.name ?? "", ...valueType(proto.type) };
}

function valueType(proto: onnx.ITypeProto | null | undefined): OnnxType {
  if (proto?.sequenceType != null) {
    return { dtype: null, shape: null, container: { kind: "sequence", element: valueType(proto.sequenceType.elemType) } };
  }
  const type = proto?.tensorType ?? null;
  const dtype = (type?.elemType ?? 0) === 0 ? null : dataTypeOf(type?.elemType ?? 0);
  return { dtype, shape: type?.shape == null ? null : (type.shape.dim ?? []).map(dim) };
}

function dim(proto: onnx.TensorShapeProto.IDimension): Dim {
  if (proto.dimValue != null) return number(proto.dimValue);
  return proto.dimParam == null || proto.dimParam === "" ? null : proto.dimParam;
}

function opsets(imports: readonly onnx.IOperatorSetIdProto[]): Map<string, number> {
  return new Map(imports.map((each) => [domain(each.domain), number(each.version)]));
}

function domain(name: string | null | undefined): string {
  return name == null || name === "ai.onnx" ? "" : name;
}

/** onnx-proto's 64-bit integers are numbers or objects that print themselves. */
function number(value: unknown): number {
  return Number(value ?? 0);
}

function saturated(value: bigint): number {
  const max = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(value > max ? max : value < -max ? -max : value);
}
