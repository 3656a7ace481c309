import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import onnxProto from "onnx-proto";

// A CommonJS package: its names are properties of the default export.
const { onnx } = onnxProto;

const EXAMPLES = new URL("../examples/", import.meta.url);
const FLOAT = 1;
const NOISE_BYTES = 1 << 20;

/**
 * A real export at its full size: the weight-stripped example with payloads put back (noise: latency prediction never
 * looks at them).
 */
export function fullSizeModel(name: "mobilenetv2" | "resnet50"): Buffer {
  const bytes = readFileSync(fileURLToPath(new URL(`${name}.onnx`, EXAMPLES)));
  const model = onnx.ModelProto.decode(bytes);
  const noise = Buffer.alloc(NOISE_BYTES);
  for (let i = 0; i < NOISE_BYTES; i += 1) noise[i] = (i * 2654435761) >>> 24;
  for (const tensor of model.graph?.initializer ?? []) {
    if (tensor.dataType !== FLOAT || tensor.dataLocation !== onnx.TensorProto.DataLocation.EXTERNAL) continue;
    const length = 4 * (tensor.dims ?? []).reduce<number>((product, dim) => product * Number(dim), 1);
    const payload = Buffer.alloc(length);
    for (let at = 0; at < length; at += NOISE_BYTES) noise.copy(payload, at);
    tensor.rawData = payload;
    tensor.dataLocation = onnx.TensorProto.DataLocation.DEFAULT;
    tensor.externalData = [];
  }
  return Buffer.from(onnx.ModelProto.encode(model).finish());
}
