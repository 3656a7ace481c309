import { dataTypeOf, type DataType } from "../../src/onnx/dtype.js";
import { typedField } from "../../src/onnx/payload.js";
import { ATTRIBUTE, DIMENSION, FUNCTION, GRAPH, MODEL, NODE, OPSET, SHAPE, TENSOR, TENSOR_TYPE, TYPE, VALUE_INFO } from "../../src/onnx/schema.js";
import type { OnnxAttribute, OnnxFunction, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from "../../src/onnx/types.js";
import { ByteSink } from "../../src/wire/byte-sink.js";
import { FIXED32, FIXED64 } from "../../src/wire/wire-types.js";

/* A model as it is held in memory, as ONNX bytes again. Tensors without values get no payload, as in stripped files. */

/** AttributeProto.AttributeType. */
const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, floats: 6, ints: 7, strings: 8, other: 0 } as const;
const MOST_TYPES = 32;

const CODES: ReadonlyMap<DataType, number> = new Map(
  Array.from({ length: MOST_TYPES }, (_, code) => [dataTypeOf(code), code] as const).filter(
    (entry): entry is [DataType, number] => entry[0] !== null,
  ),
);

export function encodeModel(model: OnnxModel): Uint8Array {
  return Uint8Array.from(
    message((out) => {
      out.intField(MODEL.irVersion, model.irVersion);
      text(out, MODEL.producerName, model.producerName);
      text(out, MODEL.producerVersion, model.producerVersion);
      opsets(out, MODEL.opsetImport, model.opsets);
      for (const body of model.functions) out.bytesField(MODEL.functions, encodeFunction(body));
      out.bytesField(MODEL.graph, encodeGraph(model.graph));
    }),
  );
}

function message(write: (out: ByteSink) => void): Uint8Array {
  const out = new ByteSink();
  write(out);
  return out.bytes;
}

function text(out: ByteSink, field: number, value: string): void {
  out.bytesField(field, Buffer.from(value));
}

function signed(out: ByteSink, field: number, value: number): void {
  const bits = BigInt.asUintN(64, BigInt(value));
  out.tag(field, 0);
  out.varint64(Number(bits & 0xffff_ffffn), Number(bits >> 32n));
}

function float(out: ByteSink, field: number, value: number): void {
  out.tag(field, FIXED32);
  out.append(new Uint8Array(Float32Array.of(value).buffer));
}

function double(out: ByteSink, field: number, value: number): void {
  out.tag(field, FIXED64);
  out.append(new Uint8Array(Float64Array.of(value).buffer));
}

function opsets(out: ByteSink, field: number, versions: ReadonlyMap<string, number>): void {
  for (const [domain, version] of versions) {
    const bytes = message((inner) => {
      text(inner, OPSET.domain, domain);
      inner.intField(OPSET.version, version);
    });
    out.bytesField(field, bytes);
  }
}

function encodeFunction(body: OnnxFunction): Uint8Array {
  return message((out) => {
    text(out, FUNCTION.name, body.name);
    text(out, FUNCTION.domain, body.domain);
    for (const name of body.inputs) text(out, FUNCTION.input, name);
    for (const name of body.outputs) text(out, FUNCTION.output, name);
    for (const name of body.attributeNames) text(out, FUNCTION.attribute, name);
    for (const [name, value] of body.attributeDefaults ?? []) out.bytesField(FUNCTION.attributeProto, encodeAttribute(name, value));
    for (const node of body.nodes) out.bytesField(FUNCTION.node, encodeNode(node));
    opsets(out, FUNCTION.opsetImport, body.opsets);
  });
}

function encodeGraph(graph: OnnxGraph): Uint8Array {
  return message((out) => {
    text(out, GRAPH.name, graph.name);
    for (const node of graph.nodes) out.bytesField(GRAPH.node, encodeNode(node));
    for (const tensor of graph.initializers) out.bytesField(GRAPH.initializer, encodeTensor(tensor));
    for (const value of graph.inputs) out.bytesField(GRAPH.input, encodeValue(value));
    for (const value of graph.outputs) out.bytesField(GRAPH.output, encodeValue(value));
    for (const value of graph.valueInfo) out.bytesField(GRAPH.valueInfo, encodeValue(value));
  });
}

function encodeNode(node: OnnxNode): Uint8Array {
  return message((out) => {
    for (const name of node.inputs) text(out, NODE.input, name);
    for (const name of node.outputs) text(out, NODE.output, name);
    text(out, NODE.name, node.name);
    text(out, NODE.opType, node.opType);
    text(out, NODE.domain, node.domain);
    for (const [name, value] of node.attributes) out.bytesField(NODE.attribute, encodeAttribute(name, value));
  });
}

function encodeAttribute(name: string, attribute: OnnxAttribute): Uint8Array {
  return message((out) => {
    text(out, ATTRIBUTE.name, name);
    out.intField(ATTRIBUTE.type, ATTRIBUTE_TYPES[attribute.kind]);
    switch (attribute.kind) {
      case "int":
        signed(out, ATTRIBUTE.i, attribute.value);
        break;
      case "float":
        float(out, ATTRIBUTE.f, attribute.value);
        break;
      case "string":
        text(out, ATTRIBUTE.s, attribute.value);
        break;
      case "ints":
        for (const value of attribute.value) signed(out, ATTRIBUTE.ints, value);
        break;
      case "floats":
        for (const value of attribute.value) float(out, ATTRIBUTE.floats, value);
        break;
      case "strings":
        for (const value of attribute.value) text(out, ATTRIBUTE.strings, value);
        break;
      case "tensor":
        out.bytesField(ATTRIBUTE.t, encodeTensor(attribute.value));
        break;
      case "graph":
        out.bytesField(ATTRIBUTE.g, encodeGraph(attribute.value));
        break;
      case "other":
        if (attribute.reference !== undefined) text(out, ATTRIBUTE.refAttrName, attribute.reference);
    }
  });
}

function encodeTensor({ name, dtype, dims, values }: OnnxTensor): Uint8Array {
  return message((out) => {
    for (const dim of dims) signed(out, TENSOR.dims, dim);
    out.intField(TENSOR.dataType, CODES.get(dtype) ?? 0);
    text(out, TENSOR.name, name);
    const field = typedField(dtype);
    for (const value of values ?? []) {
      if (field === TENSOR.floatData) float(out, field, value);
      else if (field === TENSOR.doubleData) double(out, field, value);
      else signed(out, field, Math.trunc(value));
    }
  });
}

function encodeValue({ name, dtype, shape }: OnnxValueInfo): Uint8Array {
  const dims = shape?.map((dim) =>
    message((out) => {
      if (typeof dim === "number") signed(out, DIMENSION.value, dim);
      else if (dim !== null) text(out, DIMENSION.param, dim);
    }),
  );
  return message((out) => {
    text(out, VALUE_INFO.name, name);
    if (dtype === null) return;
    const tensorType = message((inner) => {
      inner.intField(TENSOR_TYPE.elemType, CODES.get(dtype) ?? 0);
      if (dims === undefined) return;
      const listed = message((list) => {
        for (const dim of dims) list.bytesField(SHAPE.dim, dim);
      });
      inner.bytesField(TENSOR_TYPE.shape, listed);
    });
    const type = message((outer) => outer.bytesField(TYPE.tensor, tensorType));
    out.bytesField(VALUE_INFO.type, type);
  });
}
