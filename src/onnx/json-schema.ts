import { ATTRIBUTE, CONTAINER_TYPE, DIMENSION, EXTERNAL_ENTRY, FUNCTION, GRAPH, MODEL, NODE, OPSET, SHAPE, SPARSE_TENSOR, TENSOR, TENSOR_TYPE, TYPE, VALUE_INFO } from "./schema.js";

/** How protobuf's JSON form writes a field: numbers of 64 bits as texts, bytes in base64, enumerations by name. */
export type JsonKind = "int" | "float" | "double" | "text" | "bytes" | Enumeration | JsonMessage;

/** Names to numbers. */
export class Enumeration {
  constructor(readonly numbers: ReadonlyMap<string, number>) {}
}

/** The fields of a message by their names in JSON, which are the names of onnx.proto in camel case. */
export class JsonMessage {
  readonly fields = new Map<string, readonly [number: number, kind: JsonKind]>();

  add(fields: Readonly<Record<string, readonly [number: number, kind: JsonKind]>>): this {
    for (const [name, field] of Object.entries(fields)) this.fields.set(name, field);
    return this;
  }
}

const ATTRIBUTE_TYPE = new Enumeration(
  new Map(
    [
      ...["UNDEFINED", "FLOAT", "INT", "STRING", "TENSOR", "GRAPH", "FLOATS", "INTS", "STRINGS", "TENSORS", "GRAPHS"],
      ...["SPARSE_TENSOR", "SPARSE_TENSORS", "TYPE_PROTO", "TYPE_PROTOS"],
    ].map((name, number) => [name, number]),
  ),
);
const DATA_LOCATION = new Enumeration(new Map([["DEFAULT", 0], ["EXTERNAL", 1]]));

const entry = new JsonMessage().add({ key: [EXTERNAL_ENTRY.key, "text"], value: [EXTERNAL_ENTRY.value, "text"] });

const tensor = new JsonMessage().add({
  dims: [TENSOR.dims, "int"],
  dataType: [TENSOR.dataType, "int"],
  floatData: [TENSOR.floatData, "float"],
  int32Data: [TENSOR.int32Data, "int"],
  int64Data: [TENSOR.int64Data, "int"],
  name: [TENSOR.name, "text"],
  rawData: [TENSOR.rawData, "bytes"],
  doubleData: [TENSOR.doubleData, "double"],
  uint64Data: [TENSOR.uint64Data, "int"],
  externalData: [TENSOR.externalData, entry],
  dataLocation: [TENSOR.dataLocation, DATA_LOCATION],
});

const sparseTensor = new JsonMessage().add({
  values: [SPARSE_TENSOR.values, tensor],
  indices: [SPARSE_TENSOR.indices, tensor],
  dims: [SPARSE_TENSOR.dims, "int"],
});

const dimension = new JsonMessage().add({ dimValue: [DIMENSION.value, "int"], dimParam: [DIMENSION.param, "text"] });
const shape = new JsonMessage().add({ dim: [SHAPE.dim, dimension] });
const tensorType = new JsonMessage().add({ elemType: [TENSOR_TYPE.elemType, "int"], shape: [TENSOR_TYPE.shape, shape] });
/** Of other types it matters only that they are no tensors. */
const otherType = new JsonMessage();
/** Types hold types. */
const type = new JsonMessage();
const containerType = new JsonMessage().add({ elemType: [CONTAINER_TYPE.elemType, type] });
type.add({
  tensorType: [TYPE.tensor, tensorType],
  sequenceType: [TYPE.sequence, containerType],
  mapType: [TYPE.map, otherType],
  opaqueType: [TYPE.opaque, otherType],
  sparseTensorType: [TYPE.sparseTensor, otherType],
  optionalType: [TYPE.optional, containerType],
});
const valueInfo = new JsonMessage().add({ name: [VALUE_INFO.name, "text"], type: [VALUE_INFO.type, type] });

/** Attributes and graphs contain each other. */
const graph = new JsonMessage();
const attribute = new JsonMessage().add({
  name: [ATTRIBUTE.name, "text"],
  f: [ATTRIBUTE.f, "float"],
  i: [ATTRIBUTE.i, "int"],
  s: [ATTRIBUTE.s, "bytes"],
  t: [ATTRIBUTE.t, tensor],
  g: [ATTRIBUTE.g, graph],
  floats: [ATTRIBUTE.floats, "float"],
  ints: [ATTRIBUTE.ints, "int"],
  strings: [ATTRIBUTE.strings, "bytes"],
  type: [ATTRIBUTE.type, ATTRIBUTE_TYPE],
  refAttrName: [ATTRIBUTE.refAttrName, "text"],
  sparseTensor: [ATTRIBUTE.sparseTensor, sparseTensor],
});
const node = new JsonMessage().add({
  input: [NODE.input, "text"],
  output: [NODE.output, "text"],
  name: [NODE.name, "text"],
  opType: [NODE.opType, "text"],
  attribute: [NODE.attribute, attribute],
  domain: [NODE.domain, "text"],
});
graph.add({
  node: [GRAPH.node, node],
  name: [GRAPH.name, "text"],
  initializer: [GRAPH.initializer, tensor],
  input: [GRAPH.input, valueInfo],
  output: [GRAPH.output, valueInfo],
  valueInfo: [GRAPH.valueInfo, valueInfo],
  sparseInitializer: [GRAPH.sparseInitializer, sparseTensor],
});
const opset = new JsonMessage().add({ domain: [OPSET.domain, "text"], version: [OPSET.version, "int"] });
const localFunction = new JsonMessage().add({
  name: [FUNCTION.name, "text"],
  input: [FUNCTION.input, "text"],
  output: [FUNCTION.output, "text"],
  attribute: [FUNCTION.attribute, "text"],
  node: [FUNCTION.node, node],
  opsetImport: [FUNCTION.opsetImport, opset],
  domain: [FUNCTION.domain, "text"],
  attributeProto: [FUNCTION.attributeProto, attribute],
});

/** ModelProto; documentation, metadata and training information are not listed and so left out. */
export const JSON_MODEL = new JsonMessage().add({
  irVersion: [MODEL.irVersion, "int"],
  producerName: [MODEL.producerName, "text"],
  producerVersion: [MODEL.producerVersion, "text"],
  graph: [MODEL.graph, graph],
  opsetImport: [MODEL.opsetImport, opset],
  functions: [MODEL.functions, localFunction],
});
