import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import onnxProto from "onnx-proto";
import { ByteSink } from "../dist/wire/byte-sink.js";
import { DELIMITED } from "../dist/wire/wire-types.js";

const { onnx } = onnxProto;

const VGG = new URL("../test/corpus/fixtures/torchvision-vgg16-torchscript17.onnx", import.meta.url);
const FLOAT = 1;
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_RAW_DATA = 9;
const CHUNK_BYTES = 1 << 20;

/**
 * VGG-16 with its 138 million weights as chunks of 1 MiB, made as they are read: the stripped export with noise put back.
 * Every chunk is valid until the next one is asked for.
 */
export class StreamedVgg {
  readonly bytes: number;
  private readonly parts: readonly (Buffer | number)[];

  constructor() {
    const model = onnx.ModelProto.decode(readFileSync(fileURLToPath(VGG)));
    const { graph } = model;
    if (graph === null || graph === undefined) throw new Error("the fixture has no graph");
    const tensors = graph.initializer ?? [];
    graph.initializer = [];
    const graphParts: (Buffer | number)[] = [Buffer.from(onnx.GraphProto.encode(graph).finish())];
    for (const tensor of tensors) graphParts.push(...tensorParts(tensor));
    delete model.graph;
    const head = new ByteSink();
    head.append(onnx.ModelProto.encode(model).finish());
    head.tag(MODEL_GRAPH, DELIMITED);
    head.varint(sizeOf(graphParts));
    this.parts = [Buffer.from(head.bytes), ...graphParts];
    this.bytes = sizeOf(this.parts);
  }

  *chunks(): Generator<Buffer> {
    const noise = Buffer.alloc(CHUNK_BYTES);
    for (let i = 0; i < CHUNK_BYTES; i += 1) noise[i] = (i * 2654435761) >>> 24;
    for (const part of this.parts) {
      if (typeof part !== "number") yield part;
      else for (let left = part; left > 0; left -= CHUNK_BYTES) yield noise.subarray(0, left);
    }
  }
}

/** The bytes of an initializer, a number standing for that many bytes of noise. */
function tensorParts(tensor: InstanceType<typeof onnx.TensorProto> | onnxProto.onnx.ITensorProto): (Buffer | number)[] {
  const elements = (tensor.dims ?? []).reduce<number>((product, dim) => product * Number(dim), 1);
  const isWeight = tensor.dataType === FLOAT;
  const { name, dims, dataType } = tensor;
  const rest = isWeight ? { name, dims, dataType } : tensor;
  const fields = new ByteSink();
  fields.append(onnx.TensorProto.encode(onnx.TensorProto.create(rest as onnxProto.onnx.ITensorProto)).finish());
  if (isWeight) {
    fields.tag(TENSOR_RAW_DATA, DELIMITED);
    fields.varint(4 * elements);
  }
  const head = new ByteSink();
  head.tag(GRAPH_INITIALIZER, DELIMITED);
  head.varint(fields.length + (isWeight ? 4 * elements : 0));
  head.append(fields.bytes);
  return isWeight ? [Buffer.from(head.bytes), 4 * elements] : [Buffer.from(head.bytes)];
}

function sizeOf(parts: readonly (Buffer | number)[]): number {
  return parts.reduce<number>((sum, part) => sum + (typeof part === "number" ? part : part.length), 0);
}

/** Residual blocks of three nodes on 16 channels, with as many nodes as asked for. */
export function residualNetwork(nodes: number): Buffer {
  const float = (name: string, dims: readonly number[]) => {
    const dim = dims.map((dimValue) => ({ dimValue }));
    return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
  };
  const node = (i: number) => {
    const [input, skip] = [i === 0 ? "x" : `v${i - 1}`, i < 3 ? "x" : `v${i - 3}`];
    const output = [`v${i}`];
    if (i % 3 === 0) return { name: `conv${i}`, opType: "Conv", input: [input, "w"], output, attribute: [{ name: "pads", type: 7, ints: [1, 1, 1, 1] }] };
    if (i % 3 === 1) return { name: `relu${i}`, opType: "Relu", input: [input], output };
    return { name: `add${i}`, opType: "Add", input: [input, skip], output };
  };
  const model = onnx.ModelProto.create({
    irVersion: 8,
    producerName: "bench",
    opsetImport: [{ domain: "", version: 17 }],
    graph: {
      name: "residual",
      node: Array.from({ length: nodes }, (_, i) => node(i)),
      input: [float("x", [1, 16, 8, 8])],
      output: [{ name: `v${nodes - 1}` }],
      initializer: [{ name: "w", dataType: FLOAT, dims: [16, 16, 3, 3], rawData: Buffer.alloc(4 * 16 * 16 * 9) }],
    },
  });
  return Buffer.from(onnx.ModelProto.encode(model).finish());
}
