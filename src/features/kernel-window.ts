import type { OnnxAttribute } from "../onnx/types.js";

/** The window that a kernel slides over its input; all ones for a kernel without one. */
export interface KernelWindow {
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: number;
  readonly dilation: number;
  readonly groups: number;
  /** Share of the window's taps, over all its positions, that fall on the input and not on padding. */
  readonly insideShare: number;
}

/** Of what reads each position by itself. */
export const NO_WINDOW: KernelWindow = { kernelHeight: 1, kernelWidth: 1, stride: 1, dilation: 1, groups: 1, insideShare: 1 };

/** More taps along an axis, or axes, than any network's; the padding's share is not worth the counting then. */
const MOST_TAPS = 1024;
const MOST_AXES = 3;

/**
 * Nobody has checked the attributes of an operator that is not known: they may be of any length, zero, or negative.
 *
 * @param taps the window's extents, first axis first; empty: the attribute `kernel_shape`
 * @param input spatial extents of what it slides over
 * @param output its positions along each axis
 */
export function kernelWindow(
  attributes: ReadonlyMap<string, OnnxAttribute>,
  taps: readonly number[],
  input: readonly number[],
  output: readonly number[],
): KernelWindow {
  const ints = (name: string): readonly number[] => {
    const attribute = attributes.get(name);
    return attribute?.kind === "ints" ? attribute.value : [];
  };
  const extents = (taps.length > 0 ? taps : ints("kernel_shape")).map(atLeastOne);
  const strides = ints("strides");
  const dilations = ints("dilations");
  const pads = ints("pads");
  const autoPad = attributes.get("auto_pad");
  const group = attributes.get("group");
  const counted = extents.length <= MOST_AXES ? extents : [];
  const insideShare = counted.reduce((share, extent, axis) => {
    const [from, to] = [input[axis] ?? 1, output[axis] ?? 1];
    const stride = atLeastOne(strides[axis] ?? 1);
    const dilation = atLeastOne(dilations[axis] ?? 1);
    const missing = Math.max(0, (to - 1) * stride + dilation * (extent - 1) + 1 - from);
    const upper = autoPad?.kind === "string" && autoPad.value === "SAME_UPPER";
    const lower = autoPad?.kind === "string" && autoPad.value === "SAME_LOWER";
    const begin = upper ? Math.floor(missing / 2) : lower ? Math.ceil(missing / 2) : (pads[axis] ?? 0);
    return share * axisInsideShare({ extent, from, to, stride, dilation, begin });
  }, 1);
  return {
    kernelHeight: Math.min(Number.MAX_SAFE_INTEGER, extents.slice(0, -1).reduce((product, dim) => product * dim, 1)),
    kernelWidth: extents.at(-1) ?? 1,
    stride: strides.reduce((most, stride) => Math.max(most, stride), 1),
    dilation: dilations.reduce((most, dilation) => Math.max(most, dilation), 1),
    groups: group?.kind === "int" ? atLeastOne(group.value) : 1,
    insideShare,
  };
}

function atLeastOne(value: number): number {
  return Math.max(1, value);
}

interface Axis {
  readonly extent: number;
  readonly from: number;
  readonly to: number;
  readonly stride: number;
  readonly dilation: number;
  readonly begin: number;
}

/** Of all (position, tap) pairs along an axis, those on the input: 0 <= position * stride + tap * dilation - begin < from. */
function axisInsideShare({ extent, from, to, stride, dilation, begin }: Axis): number {
  if (extent < 1 || extent > MOST_TAPS || to < 1) return 1;
  let inside = 0;
  for (let tap = 0; tap < extent; tap += 1) {
    const shift = begin - tap * dilation;
    const first = Math.max(0, Math.ceil(shift / stride));
    const last = Math.min(to - 1, Math.floor((from - 1 + shift) / stride));
    inside += Math.max(0, last - first + 1);
  }
  return inside / (extent * to);
}
