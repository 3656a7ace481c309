/**
 * What becomes of a field as a model's weights are taken out: copied, or a message that is walked through. Fields that a
 * table does not name are left out: documentation, metadata (exporters put stack traces there), training information.
 */
export type StripRule = "copy" | StripMessage;
export type StripMessage = "model" | "graph" | "node" | "attribute" | "tensor" | "sparseTensor" | "valueInfo" | "function";

type Table = readonly (readonly [field: number, rule: StripRule])[];

const copied = (...fields: readonly number[]): Table => fields.map((field) => [field, "copy"] as const);

/** By message and field number, as onnx.proto has them (IR version 13). Tensors have rules of their own. */
export const STRIP_RULES: Readonly<Record<Exclude<StripMessage, "tensor">, ReadonlyMap<number, StripRule>>> = {
  // ir_version, producer's name and version, domain, model_version, opset_import, configuration
  model: new Map([...copied(1, 2, 3, 4, 5, 8, 26), [7, "graph"], [25, "function"]]),
  // name, quantization_annotation
  graph: new Map([
    ...copied(2, 14),
    [1, "node"],
    [5, "tensor"],
    [11, "valueInfo"],
    [12, "valueInfo"],
    [13, "valueInfo"],
    [15, "sparseTensor"],
  ]),
  // input, output, name, op_type, domain, overload, device_configurations
  node: new Map([...copied(1, 2, 3, 4, 7, 8, 10), [5, "attribute"]]),
  // name, f, i, s, floats, ints, strings, tp, type_protos, type, ref_attr_name
  attribute: new Map([
    ...copied(1, 2, 3, 4, 7, 8, 9, 14, 15, 20, 21),
    [5, "tensor"],
    [6, "graph"],
    [10, "tensor"],
    [11, "graph"],
    [22, "sparseTensor"],
    [23, "sparseTensor"],
  ]),
  // values, indices, dims
  sparseTensor: new Map([[1, "tensor"], [2, "tensor"], ...copied(3)]),
  // name, type
  valueInfo: new Map(copied(1, 2)),
  // name, input, output, attribute, opset_import, domain, overload
  function: new Map([...copied(1, 4, 5, 6, 9, 10, 13), [7, "node"], [11, "attribute"], [12, "valueInfo"]]),
};
