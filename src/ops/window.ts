import { stringAttr } from "../onnx/attributes.js";
import type { Dim, OnnxNode } from "../onnx/types.js";
import { checkedAdd, checkedMul } from "../shapes/dims.js";
import { boundedInts, contradiction, malformed } from "./checks.js";

/**
 * The window that convolutions and pools slide over an input: its attributes and the arithmetic of its positions.
 *
 * Source of every formula: the ONNX operator specification, "Conv", "ConvTranspose" and "MaxPool"
 * (https://onnx.ai/onnx/operators/). Where its prose and the two implementations that models meet (ONNX's own shape
 * inference and ONNX Runtime) differ, the comment says which is followed.
 */

const AUTO_PAD = ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"] as const;

/** Who pads: NOTSET the attribute `pads`, VALID nobody, SAME_* as much as keeps `ceil(input / stride)` positions. */
export type AutoPad = (typeof AUTO_PAD)[number];

/** The attributes as the node has them, checked; null for a list that it leaves out. */
export interface WindowAttributes {
  readonly kernelShape: readonly number[] | null;
  readonly strides: readonly number[] | null;
  readonly dilations: readonly number[] | null;
  /** All begins, then all ends: `[h_begin, w_begin, h_end, w_end]`. */
  readonly pads: readonly number[] | null;
  readonly autoPad: AutoPad;
}

/** One spatial axis of a window, defaults filled in. */
export interface WindowAxis {
  /** Taps along the axis; unknown only where the weights' shape is. */
  readonly kernel: Dim;
  readonly stride: number;
  readonly dilation: number;
  /** Explicit padding before and behind the input, in elements; 0 unless `autoPad` is NOTSET. */
  readonly padBegin: number;
  readonly padEnd: number;
  readonly autoPad: AutoPad;
}

/**
 * Reads `kernel_shape`, `strides`, `dilations`, `pads` and `auto_pad`.
 * @throws ModelError("malformed") for a kernel, stride or dilation under 1, a negative pad, an unknown auto_pad.
 */
export function parseWindowAttributes(node: OnnxNode): WindowAttributes {
  return {
    kernelShape: boundedInts(node, "kernel_shape", 1),
    strides: boundedInts(node, "strides", 1),
    dilations: boundedInts(node, "dilations", 1),
    pads: boundedInts(node, "pads", 0),
    autoPad: parseAutoPad(node),
  };
}

function parseAutoPad(node: OnnxNode): AutoPad {
  const text = stringAttr(node, "auto_pad", "NOTSET");
  const known = AUTO_PAD.find((name) => name === text);
  if (known === undefined) throw malformed(node, "auto_pad", `auto_pad must be one of ${AUTO_PAD.join(", ")}`);
  return known;
}

/**
 * The window's axes, one for each element of `kernel`. `pads` next to an `auto_pad` is ignored, as engines do.
 * @throws ModelError("invalid-graph") where an attribute's length does not fit the number of spatial axes.
 */
export function windowAxes(
  node: OnnxNode,
  attributes: WindowAttributes,
  kernel: readonly Dim[],
): readonly WindowAxis[] {
  const rank = kernel.length;
  const { strides, dilations, pads, autoPad } = attributes;
  assertLength(node, "strides", strides, rank);
  assertLength(node, "dilations", dilations, rank);
  assertLength(node, "pads", pads, 2 * rank);
  const explicit = autoPad === "NOTSET" ? pads : null;
  return kernel.map((taps, axis) => ({
    kernel: taps,
    stride: strides?.[axis] ?? 1,
    dilation: dilations?.[axis] ?? 1,
    padBegin: explicit?.[axis] ?? 0,
    padEnd: explicit?.[axis + rank] ?? 0,
    autoPad,
  }));
}

/**
 * Checks that an attribute with one element for each spatial axis (or two, for pads) has that many.
 * @throws ModelError("invalid-graph")
 */
export function assertLength(node: OnnxNode, field: string, values: readonly number[] | null, length: number): void {
  if (values === null || values.length === length) return;
  throw contradiction(node, field, `${field} has ${values.length} elements where the input needs ${length}`);
}

/** Elements that one position of the window spans, first tap to last: `dilation * (kernel - 1) + 1`. */
export function windowSpan(kernel: number, dilation: number): number {
  return checkedAdd(checkedMul(dilation, kernel - 1), 1);
}

/**
 * Number of positions of the window along one axis: the output's extent.
 *
 *     explicit pads:  floor((input + padBegin + padEnd - span) / stride) + 1      span = dilation * (kernel - 1) + 1
 *     VALID:          the same without pads
 *     SAME_*:         ceil(input / stride)
 *
 * With `ceilMode` (pools only) the division rounds up, so the last window may hang over the end; one that would start
 * in the padding behind the input is dropped (spelled out since opset 22, what engines always did). For VALID the
 * specification's prose forgets the overhanging window; ONNX's shape inference and ONNX Runtime keep it, and so does
 * this.
 *
 * A symbol survives where the extent does not change: stride 1 and pads of `span - 1`.
 *
 * @throws ModelError("invalid-graph") where not even one window fits: a kernel larger than the padded input.
 */
export function outputExtent(node: OnnxNode, input: Dim, axis: WindowAxis, ceilMode = false): Dim {
  const { kernel, stride, dilation, padBegin, padEnd, autoPad } = axis;
  if (autoPad === "SAME_UPPER" || autoPad === "SAME_LOWER") {
    return typeof input === "number" ? Math.ceil(input / stride) : stride === 1 ? input : null;
  }
  if (typeof kernel !== "number") return null;
  const span = windowSpan(kernel, dilation);
  const padding = checkedAdd(padBegin, padEnd);
  if (typeof input !== "number") return stride === 1 && padding === span - 1 ? input : null;

  const travel = checkedAdd(checkedAdd(input, padding), -span);
  let positions = (ceilMode ? Math.ceil(travel / stride) : Math.floor(travel / stride)) + 1;
  if (ceilMode && (positions - 1) * stride >= input + padBegin) positions -= 1;
  if (positions >= 1) return positions;
  throw contradiction(
    node,
    "kernel_shape",
    `a window of ${span} does not fit an input of ${input} padded by ${padding}`,
  );
}

/**
 * Extent of the output of a transposed window, which scatters where the other gathers:
 *
 *     stride * (input - 1) + outputPadding + span - padBegin - padEnd
 *
 * SAME_* crops it to `input * stride`. Where the natural extent is already smaller (a kernel shorter than the stride)
 * the specification asks for `input * stride` all the same; ONNX's shape inference and ONNX Runtime never pad
 * negatively and keep the smaller one, and so does this.
 *
 * @throws ModelError("invalid-graph") where the pads leave nothing.
 */
export function transposedExtent(node: OnnxNode, input: Dim, axis: WindowAxis, outputPadding: number): Dim {
  const { kernel, stride, dilation, padBegin, padEnd, autoPad } = axis;
  if (typeof kernel !== "number") return null;
  const span = windowSpan(kernel, dilation);
  const growth = checkedAdd(checkedAdd(span, outputPadding), -checkedAdd(padBegin, padEnd));
  if (typeof input !== "number") return stride === 1 && growth === 1 ? input : null;

  const natural = checkedAdd(checkedMul(stride, input - 1), growth);
  const same = autoPad === "SAME_UPPER" || autoPad === "SAME_LOWER";
  const extent = same ? Math.min(natural, checkedMul(stride, input)) : natural;
  if (extent >= 1) return extent;
  throw contradiction(node, "pads", `pads of ${checkedAdd(padBegin, padEnd)} leave nothing of the output`);
}
