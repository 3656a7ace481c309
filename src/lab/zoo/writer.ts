import type { onnx } from "onnx-proto";
import type { ModelInfo, ZooModel } from "./model.js";
import type { Attributes, ElementType } from "./proto.js";
import { attribute, elementCount, encodeModel, floatTensor, intTensor, valueInfo } from "./proto.js";

/** A tensor of the graph under construction: float32, but for an input of another type. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface WriterOptions {
  readonly opset?: number;
  readonly irVersion?: number;
  /** Of the graph input; "float32" by default. */
  readonly inputType?: ElementType;
}

export interface ModelIdentity {
  readonly id: string;
  readonly family: string;
  readonly note?: string;
  readonly info?: ModelInfo;
}

const DEFAULT_OPSET = 17;
const DEFAULT_IR_VERSION = 9;
const FLOAT_BYTES = 4;
/** Values of small weights: neither 0 nor 1, which an engine would optimise away. */
const WEIGHT_FILL = [0.11, -0.07, 0.05, -0.13];

/** Batch, channels, height and width of a feature map. Throws RangeError for any other rank. */
export function nchw(x: Tensor): { batch: number; channels: number; height: number; width: number } {
  const [batch, channels, height, width] = x.shape;
  if (x.shape.length !== 4 || batch === undefined || channels === undefined || height === undefined || width === undefined) {
    throw new RangeError(`${x.name} is not a feature map: [${x.shape.join(", ")}]`);
  }
  return { batch, channels, height, width };
}

/**
 * Writes nodes and constants under the zoo's naming rules (see ZooModel) and keeps account of the work. Operators'
 * shapes are the business of the classes built on it.
 */
export class GraphWriter {
  readonly input: Tensor;
  readonly opset: number;
  private readonly irVersion: number;
  private readonly inputType: ElementType;
  private readonly nodes: onnx.INodeProto[] = [];
  private readonly initializers: onnx.ITensorProto[] = [];
  private macCount = 0;
  private parameterCount = 0;
  private largestElements: number;
  private activationElements: number;

  constructor(inputShape: readonly number[], options: WriterOptions = {}) {
    this.input = { name: "x", shape: inputShape };
    this.opset = options.opset ?? DEFAULT_OPSET;
    this.irVersion = options.irVersion ?? DEFAULT_IR_VERSION;
    this.inputType = options.inputType ?? "float32";
    this.largestElements = this.activationElements = elementCount(inputShape);
  }

  /** Multiply-accumulates of the convolutions and matrix products so far. */
  get macs(): number {
    return this.macCount;
  }

  /** Elements of the float initializers so far. */
  get parameters(): number {
    return this.parameterCount;
  }

  /** Size of the largest activation or initializer so far, in bytes. */
  get largestTensorBytes(): number {
    return this.largestElements * FLOAT_BYTES;
  }

  /** Size of all activations so far, in bytes. */
  get activationBytes(): number {
    return this.activationElements * FLOAT_BYTES;
  }

  /** Name of the node that is added next; its constants are named after it. */
  protected get nextName(): string {
    return `n${this.nodes.length}`;
  }

  protected countMacs(macs: number): void {
    this.macCount += macs;
  }

  /** Declares a float constant of the next node; `fill` is repeated where it is small enough to be inline. */
  protected weight(role: string, shape: readonly number[], fill: readonly number[] = WEIGHT_FILL): string {
    const name = `${this.nextName}.${role}`;
    const elements = elementCount(shape);
    this.initializers.push(floatTensor(name, shape, fill));
    this.parameterCount += elements;
    this.largestElements = Math.max(this.largestElements, elements);
    return name;
  }

  /** An int64 constant of the next node, one-dimensional by default. */
  protected integers(role: string, values: readonly number[], dims?: readonly number[]): string {
    const name = `${this.nextName}.${role}`;
    this.initializers.push(intTensor(name, values, dims));
    return name;
  }

  /** Adds a node of one output; an empty input name leaves an optional input out. */
  protected node(opType: string, inputs: readonly string[], shape: readonly number[], attributes: Attributes = {}): Tensor {
    const [output] = this.nodeOfMany(opType, inputs, [shape], attributes);
    if (output === undefined) throw new RangeError(`${opType} without output`);
    return output;
  }

  protected nodeOfMany(
    opType: string,
    inputs: readonly string[],
    shapes: readonly (readonly number[])[],
    attributes: Attributes = {},
  ): readonly Tensor[] {
    const name = this.nextName;
    const outputs = shapes.map((shape, i): Tensor => ({ name: i === 0 ? name : `${name}_${i}`, shape }));
    for (const { shape } of outputs) {
      if (shape.some((dim) => !Number.isSafeInteger(dim) || dim < 1)) {
        throw new RangeError(`${opType} ${name} would yield [${shape.join(", ")}]`);
      }
      const elements = elementCount(shape);
      this.activationElements += elements;
      this.largestElements = Math.max(this.largestElements, elements);
    }
    this.nodes.push({
      name,
      opType,
      input: [...inputs],
      output: outputs.map((output) => output.name),
      attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    });
    return outputs;
  }

  /** Encodes the model with these graph outputs. */
  finish(outputs: Tensor | readonly Tensor[], identity: ModelIdentity): ZooModel {
    const results: readonly Tensor[] = "name" in outputs ? [outputs] : outputs;
    const graph: onnx.IGraphProto = {
      name: identity.id,
      node: this.nodes,
      initializer: this.initializers,
      input: [valueInfo(this.input.name, this.input.shape, this.inputType)],
      output: results.map(({ name, shape }) => valueInfo(name, shape)),
    };
    return {
      id: identity.id,
      family: identity.family,
      onnx: encodeModel(graph, this.opset, this.irVersion),
      inputs: [this.input],
      ...(identity.note === undefined ? {} : { note: identity.note }),
      info: { ...identity.info, macs: this.macs, parameters: this.parameters },
    };
  }
}
