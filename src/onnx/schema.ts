/*
 * The fields of ONNX's messages that matter here, with the numbers of onnx.proto (IR version 13). Documentation strings,
 * metadata, training information, quantization annotations and overload names are skipped by the scanner, and so is the
 * location of external data, which is never opened.
 */
import { defineMessage } from "../wire/schema.js";

export const MODEL = { irVersion: 1, producerName: 2, producerVersion: 3, graph: 7, opsetImport: 8, functions: 25 } as const;
export const MODEL_SCHEMA = defineMessage("ModelProto", {
  [MODEL.irVersion]: "int",
  [MODEL.producerName]: "text",
  [MODEL.producerVersion]: "text",
  [MODEL.graph]: "message",
  [MODEL.opsetImport]: "message",
  [MODEL.functions]: "message",
});

export const OPSET = { domain: 1, version: 2 } as const;
export const OPSET_SCHEMA = defineMessage("OperatorSetIdProto", { [OPSET.domain]: "text", [OPSET.version]: "int" });

export const FUNCTION = { name: 1, input: 4, output: 5, attribute: 6, node: 7, opsetImport: 9, domain: 10, attributeProto: 11, valueInfo: 12 } as const;
export const FUNCTION_SCHEMA = defineMessage("FunctionProto", {
  [FUNCTION.name]: "text",
  [FUNCTION.input]: "text",
  [FUNCTION.output]: "text",
  [FUNCTION.attribute]: "text",
  [FUNCTION.node]: "message",
  [FUNCTION.opsetImport]: "message",
  [FUNCTION.domain]: "text",
  [FUNCTION.attributeProto]: "message",
  [FUNCTION.valueInfo]: "message",
});

export const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12, valueInfo: 13, sparseInitializer: 15 } as const;
export const GRAPH_SCHEMA = defineMessage("GraphProto", {
  [GRAPH.node]: "message",
  [GRAPH.name]: "text",
  [GRAPH.initializer]: "message",
  [GRAPH.input]: "message",
  [GRAPH.output]: "message",
  [GRAPH.valueInfo]: "message",
  [GRAPH.sparseInitializer]: "message",
});

export const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 } as const;
export const NODE_SCHEMA = defineMessage("NodeProto", {
  [NODE.input]: "text",
  [NODE.output]: "text",
  [NODE.name]: "text",
  [NODE.opType]: "text",
  [NODE.attribute]: "message",
  [NODE.domain]: "text",
});

export const ATTRIBUTE = {
  name: 1,
  f: 2,
  i: 3,
  s: 4,
  t: 5,
  g: 6,
  floats: 7,
  ints: 8,
  strings: 9,
  tensors: 10,
  graphs: 11,
  type: 20,
  refAttrName: 21,
  sparseTensor: 22,
  sparseTensors: 23,
} as const;
export const ATTRIBUTE_SCHEMA = defineMessage("AttributeProto", {
  [ATTRIBUTE.name]: "text",
  [ATTRIBUTE.f]: "float",
  [ATTRIBUTE.i]: "int",
  [ATTRIBUTE.s]: "bytes",
  [ATTRIBUTE.t]: "message",
  [ATTRIBUTE.g]: "message",
  [ATTRIBUTE.floats]: "floats",
  [ATTRIBUTE.ints]: "ints",
  [ATTRIBUTE.strings]: "bytes",
  [ATTRIBUTE.tensors]: "message",
  [ATTRIBUTE.graphs]: "message",
  [ATTRIBUTE.type]: "int",
  [ATTRIBUTE.refAttrName]: "text",
  [ATTRIBUTE.sparseTensor]: "message",
  [ATTRIBUTE.sparseTensors]: "message",
});

export const TENSOR = {
  dims: 1,
  dataType: 2,
  floatData: 4,
  int32Data: 5,
  int64Data: 7,
  name: 8,
  rawData: 9,
  doubleData: 10,
  uint64Data: 11,
  /** Read by nobody; written for tensors whose elements are left out. */
  externalData: 13,
  dataLocation: 14,
} as const;
export const TENSOR_SCHEMA = defineMessage("TensorProto", {
  [TENSOR.dims]: "ints",
  [TENSOR.dataType]: "int",
  [TENSOR.floatData]: "floats",
  [TENSOR.int32Data]: "ints",
  [TENSOR.int64Data]: "ints",
  [TENSOR.name]: "text",
  [TENSOR.rawData]: "bytes",
  [TENSOR.doubleData]: "doubles",
  [TENSOR.uint64Data]: "ints",
  [TENSOR.dataLocation]: "int",
});

/** StringStringEntryProto, of which external_data is a list. */
export const EXTERNAL_ENTRY = { key: 1, value: 2 } as const;

export const SPARSE_TENSOR = { values: 1, indices: 2, dims: 3 } as const;
export const SPARSE_TENSOR_SCHEMA = defineMessage("SparseTensorProto", {
  [SPARSE_TENSOR.values]: "message",
  [SPARSE_TENSOR.indices]: "message",
  [SPARSE_TENSOR.dims]: "ints",
});

export const VALUE_INFO = { name: 1, type: 2 } as const;
export const VALUE_INFO_SCHEMA = defineMessage("ValueInfoProto", { [VALUE_INFO.name]: "text", [VALUE_INFO.type]: "message" });

/** A oneof. What is not read is declared as bytes, so that the reader learns of it without descending. */
export const TYPE = { tensor: 1, sequence: 4, map: 5, opaque: 7, sparseTensor: 8, optional: 9 } as const;
export const TYPE_SCHEMA = defineMessage("TypeProto", {
  [TYPE.tensor]: "message",
  [TYPE.sequence]: "message",
  [TYPE.map]: "bytes",
  [TYPE.opaque]: "bytes",
  [TYPE.sparseTensor]: "bytes",
  [TYPE.optional]: "message",
});

/** TypeProto.Sequence and TypeProto.Optional. */
export const CONTAINER_TYPE = { elemType: 1 } as const;
export const CONTAINER_TYPE_SCHEMA = defineMessage("TypeProto.Sequence", { [CONTAINER_TYPE.elemType]: "message" });

export const TENSOR_TYPE = { elemType: 1, shape: 2 } as const;
export const TENSOR_TYPE_SCHEMA = defineMessage("TypeProto.Tensor", {
  [TENSOR_TYPE.elemType]: "int",
  [TENSOR_TYPE.shape]: "message",
});

export const SHAPE = { dim: 1 } as const;
export const SHAPE_SCHEMA = defineMessage("TensorShapeProto", { [SHAPE.dim]: "message" });

export const DIMENSION = { value: 1, param: 2 } as const;
export const DIMENSION_SCHEMA = defineMessage("TensorShapeProto.Dimension", {
  [DIMENSION.value]: "int",
  [DIMENSION.param]: "text",
});
