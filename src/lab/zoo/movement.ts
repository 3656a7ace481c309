import { ElementwiseBuilder } from "./elementwise.js";
import { elementCount } from "./proto.js";
import type { Tensor } from "./writer.js";
import { nchw } from "./writer.js";

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The axis as a non-negative number. Throws RangeError outside the rank. */
export function normalizeAxis(x: Tensor, axis: number): number {
  const normalized = axis < 0 ? axis + x.shape.length : axis;
  if (normalized < 0 || normalized >= x.shape.length) throw new RangeError(`axis ${axis} of [${x.shape.join()}]`);
  return normalized;
}

/** The length of one axis. */
export function dimOf(x: Tensor, axis: number): number {
  return x.shape[normalizeAxis(x, axis)] ?? 0;
}

/** Operators that move data or rename its shape. */
export class MovementBuilder extends ElementwiseBuilder {
  /** Joins along an axis; the other dimensions must agree. */
  concat(parts: readonly Tensor[], axis = 1): Tensor {
    const [first] = parts;
    if (first === undefined) throw new RangeError("Concat of nothing");
    const at = normalizeAxis(first, axis);
    for (const part of parts) {
      const agrees = part.shape.length === first.shape.length && part.shape.every((dim, i) => i === at || dim === first.shape[i]);
      if (!agrees) throw new RangeError(`cannot concat [${first.shape.join()}] and [${part.shape.join()}]`);
    }
    const total = sum(parts.map((part) => dimOf(part, at)));
    return this.node("Concat", parts.map((part) => part.name), first.shape.with(at, total), { axis: at });
  }

  /** Cuts an axis into parts of these lengths. */
  split(x: Tensor, sizes: readonly number[], axis = 1): readonly Tensor[] {
    const at = normalizeAxis(x, axis);
    if (sum(sizes) !== dimOf(x, at)) throw new RangeError(`cannot split ${dimOf(x, at)} into ${sizes.join(" + ")}`);
    const shapes = sizes.map((size) => x.shape.with(at, size));
    return this.nodeOfMany("Split", [x.name, this.integers("split", sizes)], shapes, { axis: at });
  }

  reshape(x: Tensor, shape: readonly number[]): Tensor {
    if (elementCount(shape) !== elementCount(x.shape)) throw new RangeError(`[${x.shape.join()}] as [${shape.join()}]`);
    return this.node("Reshape", [x.name, this.integers("shape", shape)], shape);
  }

  /** [batch, rest]. */
  flatten(x: Tensor): Tensor {
    const [batch = 1, ...rest] = x.shape;
    return this.node("Flatten", [x.name], [batch, elementCount(rest)], { axis: 1 });
  }

  transpose(x: Tensor, perm: readonly number[]): Tensor {
    if (perm.length !== x.shape.length) throw new RangeError(`permutation ${perm.join()} of [${x.shape.join()}]`);
    return this.node("Transpose", [x.name], perm.map((axis) => dimOf(x, axis)), { perm });
  }

  /** ShuffleNet's channel shuffle: Reshape to [batch, groups, channels / groups, h, w], Transpose, Reshape. */
  channelShuffle(x: Tensor, groups: number): Tensor {
    const { batch, channels, height, width } = nchw(x);
    const split = this.reshape(x, [batch, groups, channels / groups, height, width]);
    return this.reshape(this.transpose(split, [0, 2, 1, 3, 4]), x.shape);
  }

  /** Elements start, start + step, ... below end, of one axis. */
  slice(x: Tensor, axis: number, start: number, end: number, step = 1): Tensor {
    const at = normalizeAxis(x, axis);
    if (start < 0 || end > dimOf(x, at)) throw new RangeError(`slice ${start}..${end} of ${dimOf(x, at)}`);
    const bounds = [this.integers("starts", [start]), this.integers("ends", [end])];
    const where = [this.integers("axes", [at]), this.integers("steps", [step])];
    return this.node("Slice", [x.name, ...bounds, ...where], x.shape.with(at, Math.ceil((end - start) / step)));
  }

  /** One position of an axis, which goes: Gather with a scalar index. */
  take(x: Tensor, index: number, axis: number): Tensor {
    const at = normalizeAxis(x, axis);
    if (index < 0 || index >= dimOf(x, at)) throw new RangeError(`position ${index} of ${dimOf(x, at)}`);
    const shape = x.shape.filter((_, i) => i !== at);
    return this.node("Gather", [x.name, this.integers("index", [index], [])], shape, { axis: at });
  }

  /** The rows of a table [rows, width] by token ids: [batch, tokens] -> [batch, tokens, width]. */
  embedding(ids: Tensor, rows: number, width: number): Tensor {
    return this.node("Gather", [this.weight("weight", [rows, width]), ids.name], [...ids.shape, width], { axis: 0 });
  }

  /** The rows of a table by ids that are constants, as those of positions are: [1, ids, width]. */
  constantEmbedding(ids: readonly number[], rows: number, width: number): Tensor {
    const inputs = [this.weight("weight", [rows, width]), this.integers("ids", ids, [1, ids.length])];
    return this.node("Gather", inputs, [1, ids.length, width], { axis: 0 });
  }

  /** A learned token before the others: [1, tokens, width] -> [1, tokens + 1, width]. */
  prependToken(x: Tensor): Tensor {
    const token = this.weight("token", [1, 1, dimOf(x, 2)]);
    return this.node("Concat", [token, x.name], x.shape.with(1, dimOf(x, 1) + 1), { axis: 1 });
  }

  /** Pads height and width of a feature map on both sides, with zeros or by the given mode. */
  pad(x: Tensor, amount: number, mode: "constant" | "reflect" | "edge" = "constant"): Tensor {
    const { batch, channels, height, width } = nchw(x);
    const pads = this.integers("pads", [0, 0, amount, amount, 0, 0, amount, amount]);
    return this.node("Pad", [x.name, pads], [batch, channels, height + 2 * amount, width + 2 * amount], { mode });
  }

  /** Enlarges height and width by a whole factor, as upsampling exports do. */
  resize(x: Tensor, factor: number, mode: "nearest" | "linear"): Tensor {
    const { batch, channels, height, width } = nchw(x);
    const scales = this.weight("scales", [4], [1, 1, factor, factor]);
    return this.node(
      "Resize",
      [x.name, "", scales],
      [batch, channels, height * factor, width * factor],
      mode === "nearest"
        ? { mode, coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }
        : { mode, coordinate_transformation_mode: "pytorch_half_pixel" },
    );
  }
}
