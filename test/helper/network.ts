import { buildGraph } from "../../src/graph/build.js";
import { lowerToKernels } from "../../src/graph/kernels/lower.js";
import type { Kernel, KernelGraph } from "../../src/graph/kernels/types.js";
import type { Graph } from "../../src/graph/types.js";
import type { OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from "../../src/onnx/types.js";
import { modelOf, nodeOf, tensorOf, valueOf, type AttributeSpec } from "./onnx.js";

export interface ConvolutionSpec {
  readonly kernel?: number;
  readonly groups?: number;
  readonly stride?: number;
}

/** A network written node by node; node i is named `n<i>`, and so is the value that it writes. */
export class Network {
  private readonly nodes: OnnxNode[] = [];
  private readonly initializers: OnnxTensor[] = [];
  private readonly inputs: OnnxValueInfo[] = [];

  constructor(private readonly opset = 17) {}

  input(shape: readonly number[], name = "x"): string {
    this.inputs.push(valueOf(name, shape));
    return name;
  }

  constant(dims: readonly number[], values: readonly number[] | null = null): string {
    return this.initializer(tensorOf(`c${this.initializers.length}`, dims, values, "float32"));
  }

  integers(...values: readonly number[]): string {
    return this.initializer(tensorOf(`c${this.initializers.length}`, [values.length], values));
  }

  /** An index without axes. */
  index(value: number): string {
    return this.initializer(tensorOf(`c${this.initializers.length}`, [], [value]));
  }

  node(opType: string, inputs: readonly string[], attributes: AttributeSpec = {}, domain = ""): string {
    const name = `n${this.nodes.length}`;
    this.nodes.push(nodeOf(opType, inputs, [name], { name, domain, attributes }));
    return name;
  }

  /** A square convolution that keeps the size but for its stride. */
  conv(x: string, inChannels: number, outChannels: number, spec: ConvolutionSpec = {}): string {
    const { kernel = 3, groups = 1, stride = 1 } = spec;
    const pad = Math.floor(kernel / 2);
    const weight = this.constant([outChannels, inChannels / groups, kernel, kernel]);
    return this.node("Conv", [x, weight], { pads: [pad, pad, pad, pad], strides: [stride, stride], group: groups });
  }

  batchNorm(x: string, channels: number): string {
    const parameters = ["scale", "bias", "mean", "variance"].map(() => this.constant([channels]));
    return this.node("BatchNormalization", [x, ...parameters]);
  }

  maxPool(x: string): string {
    return this.node("MaxPool", [x], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
  }

  graph(...outputs: readonly string[]): Graph {
    return buildGraph(this.model(...outputs));
  }

  /** The same as a reader would have it. */
  model(...outputs: readonly string[]): OnnxModel {
    const { nodes, inputs, initializers, opset } = this;
    return modelOf({ nodes, inputs, initializers, outputs, opset });
  }

  private initializer(tensor: OnnxTensor): string {
    this.initializers.push(tensor);
    return tensor.name;
  }
}

/** The kernels of ONNX Runtime with blocks of 8 channels (AVX2), unless told otherwise. */
export function lower(graph: Graph, channelBlock = 8): KernelGraph {
  return lowerToKernels(graph, { engine: "onnxruntime", channelBlock });
}

/** A kernel in a few words: `Conv+residual+Relu blocked`. */
export function kernelText({ op, activation, addsResidual, layout, nodes }: Kernel): string {
  const fused = [op, ...(addsResidual ? ["residual"] : []), ...(activation === null ? [] : [activation])].join("+");
  return layout === "blocked" && nodes.length > 0 ? `${fused} blocked` : fused;
}

/** All kernels of a graph, in words and in order. */
export function kernelTexts(graph: Graph, channelBlock = 8): string[] {
  return lower(graph, channelBlock).kernels.map(kernelText);
}
