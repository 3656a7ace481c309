import onnxProto from "onnx-proto";

/** A model's bytes as protobuf's JSON form, as an independent writer has it. */
export function jsonOf(bytes: Uint8Array): string {
  const { ModelProto } = onnxProto.onnx;
  return JSON.stringify(ModelProto.toObject(ModelProto.decode(bytes), { longs: String, enums: String, bytes: String, json: true }));
}
