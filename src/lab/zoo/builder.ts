import type { Activation } from "./elementwise.js";
import { dimOf, MovementBuilder, normalizeAxis } from "./movement.js";
import type { Attributes } from "./proto.js";
import { elementCount, float } from "./proto.js";
import type { Tensor } from "./writer.js";
import { nchw } from "./writer.js";

export type { Activation, BinaryOp, UnaryOp } from "./elementwise.js";
export type { Tensor } from "./writer.js";
export { nchw } from "./writer.js";
export { dimOf } from "./movement.js";

/** One number for both spatial axes, or [height, width]. */
export type Pair = number | readonly [height: number, width: number];

export interface ConvOptions {
  /** Output channels. */
  readonly out: number;
  readonly kernel: Pair;
  readonly stride?: Pair;
  /** Padding on both sides of each axis; by default half the (dilated) kernel, which keeps the size at stride 1. */
  readonly pad?: Pair;
  readonly dilation?: number;
  readonly groups?: number;
  /** True by default. */
  readonly bias?: boolean;
}

export interface PoolOptions {
  readonly kernel: Pair;
  /** 1 by default. */
  readonly stride?: Pair;
  readonly pad?: Pair;
  readonly ceil?: boolean;
  /** AveragePool only: whether padding counts as elements. */
  readonly countPadding?: boolean;
}

const SCALE_FILL = [0.9, 1.1, 0.95, 1.05];
const BIAS_FILL = [0.03, -0.02, 0.01, -0.04];
const EPSILON = float(1e-5);

function pair(value: Pair): readonly [number, number] {
  return typeof value === "number" ? [value, value] : value;
}

/** Output length of a sliding window. With `ceil` a last window that would start in the right padding is dropped. */
function windowed(size: number, kernel: number, stride: number, pad: number, ceil = false): number {
  const positions = (size + 2 * pad - kernel) / stride;
  if (positions < 0) throw new RangeError(`window ${kernel} over ${size} with padding ${pad}`);
  if (!ceil) return Math.floor(positions) + 1;
  const count = Math.ceil(positions) + 1;
  return (count - 1) * stride >= size + pad ? count - 1 : count;
}

/**
 * Builds one model node by node and tracks every shape, so that whatever is built is valid. Methods take and return
 * tensors, add one node each unless their text says more, and throw RangeError for what cannot be.
 */
export class ModelBuilder extends MovementBuilder {
  conv(x: Tensor, options: ConvOptions): Tensor {
    const { batch, channels, height, width } = nchw(x);
    const { out, groups = 1, dilation = 1, bias = true } = options;
    const [kh, kw] = pair(options.kernel);
    const [sh, sw] = pair(options.stride ?? 1);
    const extentH = dilation * (kh - 1) + 1;
    const extentW = dilation * (kw - 1) + 1;
    const [ph, pw] = pair(options.pad ?? [extentH >> 1, extentW >> 1]);
    if (channels % groups !== 0 || out % groups !== 0) {
      throw new RangeError(`${groups} groups divide ${channels} and ${out} channels unevenly`);
    }
    const shape = [batch, out, windowed(height, extentH, sh, ph), windowed(width, extentW, sw, pw)];
    const weightShape = [out, channels / groups, kh, kw];
    const inputs = [x.name, this.weight("weight", weightShape)];
    if (bias) inputs.push(this.weight("bias", [out], BIAS_FILL));
    this.countMacs((elementCount(shape) * elementCount(weightShape)) / out);
    return this.node("Conv", inputs, shape, {
      dilations: [dilation, dilation],
      group: groups,
      kernel_shape: [kh, kw],
      pads: [ph, pw, ph, pw],
      strides: [sh, sw],
    });
  }

  batchNorm(x: Tensor): Tensor {
    const shape = [dimOf(x, 1)];
    const affine = [this.weight("scale", shape, SCALE_FILL), this.weight("bias", shape, BIAS_FILL)];
    const moments = [this.weight("mean", shape, BIAS_FILL), this.weight("variance", shape, SCALE_FILL)];
    return this.node("BatchNormalization", [x.name, ...affine, ...moments], x.shape, { epsilon: EPSILON });
  }

  /** Normalizes over the last axis, with scale and bias. Needs opset 17. */
  layerNorm(x: Tensor): Tensor {
    return this.affineNorm("LayerNormalization", x, dimOf(x, -1), { axis: -1, epsilon: EPSILON });
  }

  instanceNorm(x: Tensor): Tensor {
    return this.affineNorm("InstanceNormalization", x, dimOf(x, 1), { epsilon: EPSILON });
  }

  private affineNorm(opType: string, x: Tensor, length: number, attributes: Attributes): Tensor {
    const affine = [this.weight("scale", [length], SCALE_FILL), this.weight("bias", [length], BIAS_FILL)];
    return this.node(opType, [x.name, ...affine], x.shape, attributes);
  }

  /** Local response normalization across channels, with AlexNet's constants. */
  lrn(x: Tensor, size = 5): Tensor {
    return this.node("LRN", [x.name], x.shape, { alpha: float(1e-4), beta: float(0.75), bias: float(2), size });
  }

  softmax(x: Tensor, axis = -1): Tensor {
    return this.node("Softmax", [x.name], x.shape, { axis });
  }

  maxPool(x: Tensor, options: PoolOptions): Tensor {
    return this.pool("MaxPool", x, options, {});
  }

  avgPool(x: Tensor, options: PoolOptions): Tensor {
    return this.pool("AveragePool", x, options, { count_include_pad: options.countPadding === true ? 1 : 0 });
  }

  private pool(opType: string, x: Tensor, options: PoolOptions, extra: Attributes): Tensor {
    const { batch, channels, height, width } = nchw(x);
    const [kh, kw] = pair(options.kernel);
    const [sh, sw] = pair(options.stride ?? 1);
    const [ph, pw] = pair(options.pad ?? 0);
    const ceil = options.ceil === true;
    const shape = [batch, channels, windowed(height, kh, sh, ph, ceil), windowed(width, kw, sw, pw, ceil)];
    return this.node(opType, [x.name], shape, {
      ceil_mode: ceil ? 1 : 0,
      kernel_shape: [kh, kw],
      pads: [ph, pw, ph, pw],
      strides: [sh, sw],
      ...extra,
    });
  }

  globalAvgPool(x: Tensor): Tensor {
    const { batch, channels } = nchw(x);
    return this.node("GlobalAveragePool", [x.name], [batch, channels, 1, 1]);
  }

  /** Mean over some axes; the axes are an attribute up to opset 17 and an input from 18. */
  reduceMean(x: Tensor, axes: readonly number[], keepDims = false): Tensor {
    const reduced = new Set(axes.map((axis) => normalizeAxis(x, axis)));
    const shape = x.shape.flatMap((dim, axis) => (reduced.has(axis) ? (keepDims ? [1] : []) : [dim]));
    const keepdims = keepDims ? 1 : 0;
    return this.opset < 18
      ? this.node("ReduceMean", [x.name], shape, { axes: [...reduced], keepdims })
      : this.node("ReduceMean", [x.name, this.integers("axes", [...reduced])], shape, { keepdims });
  }

  /** A fully connected layer [m, k] -> [m, out], its weights [out, k] as exporters write them (transB = 1). */
  gemm(x: Tensor, out: number): Tensor {
    const [rows, inner] = [dimOf(x, 0), dimOf(x, 1)];
    this.countMacs(rows * inner * out);
    const inputs = [x.name, this.weight("weight", [out, inner]), this.weight("bias", [out], BIAS_FILL)];
    return this.node("Gemm", inputs, [rows, out], { alpha: float(1), beta: float(1), transB: 1 });
  }

  /** Batched product [..., m, k] x [..., k, n]; both operands have the same leading dimensions. */
  matmul(left: Tensor, right: Tensor): Tensor {
    const [inner, n] = [dimOf(left, -1), dimOf(right, -1)];
    if (inner !== dimOf(right, -2)) throw new RangeError(`[${left.shape.join()}] x [${right.shape.join()}]`);
    const shape = left.shape.with(-1, n);
    this.countMacs(elementCount(shape) * inner);
    return this.node("MatMul", [left.name, right.name], shape);
  }

  /** [..., k] times a constant [k, n]: a linear layer without bias. */
  matmulWeight(x: Tensor, n: number): Tensor {
    const inner = dimOf(x, -1);
    const shape = x.shape.with(-1, n);
    this.countMacs(elementCount(shape) * inner);
    return this.node("MatMul", [x.name, this.weight("weight", [inner, n])], shape);
  }

  /** Squeeze and excite: pool, Conv 1x1, Relu, Conv 1x1, gate, Mul (six nodes, more for a compound gate). */
  squeezeExcite(x: Tensor, squeezed: number, gate: Activation = "hardSigmoid"): Tensor {
    const { channels } = nchw(x);
    const hidden = this.relu(this.conv(this.globalAvgPool(x), { out: squeezed, kernel: 1 }));
    return this.mul(x, this.activate(gate, this.conv(hidden, { out: channels, kernel: 1 })));
  }
}
