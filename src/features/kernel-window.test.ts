import { describe, expect, it } from "vitest";
import type { OnnxAttribute } from "../onnx/types.js";
import { kernelWindow } from "./kernel-window.js";

const ints = (value: readonly number[]): OnnxAttribute => ({ kind: "ints", value });

/** Counts one by one what falls on the input. */
function countedShare(extent: number, from: number, to: number, stride: number, dilation: number, begin: number): number {
  let inside = 0;
  for (let position = 0; position < to; position += 1) {
    for (let tap = 0; tap < extent; tap += 1) {
      const at = position * stride + tap * dilation - begin;
      if (at >= 0 && at < from) inside += 1;
    }
  }
  return inside / (extent * to);
}

describe("the share of a window's taps that fall on the input", () => {
  it.each([
    [3, 7, 7, 1, 1, 1],
    [5, 7, 7, 1, 1, 2],
    [3, 112, 56, 2, 1, 1],
    [9, 4, 4, 1, 1, 4],
    [3, 9, 9, 1, 4, 4],
    [7, 5, 1, 3, 1, 0],
    [2, 3, 5, 1, 1, 2],
  ])("is as counted: %i taps on %i elements at %i positions, stride %i, dilation %i, padding %i", (extent, from, to, stride, dilation, begin) => {
    const attributes = new Map([
      ["strides", ints([stride])],
      ["dilations", ints([dilation])],
      ["pads", ints([begin, begin])],
    ]);
    const { insideShare } = kernelWindow(attributes, [extent], [from], [to]);
    expect(insideShare).toBeCloseTo(countedShare(extent, from, to, stride, dilation, begin), 12);
  });

  it("is the product over the axes", () => {
    const attributes = new Map([["pads", ints([1, 2, 1, 2])]]);
    const { insideShare } = kernelWindow(attributes, [3, 5], [7, 7], [7, 7]);
    expect(insideShare).toBeCloseTo((19 / 21) * (29 / 35), 12);
  });

  it("is the same with auto_pad as with the pads that it stands for", () => {
    const shareOf = (attributes: ReadonlyMap<string, OnnxAttribute>) => kernelWindow(attributes, [4, 4], [9, 9], [9, 9]).insideShare;
    const auto = (value: string): OnnxAttribute => ({ kind: "string", value });
    expect(shareOf(new Map([["auto_pad", auto("SAME_UPPER")]]))).toBe(shareOf(new Map([["pads", ints([1, 1, 2, 2])]])));
    expect(shareOf(new Map([["auto_pad", auto("SAME_LOWER")]]))).toBe(shareOf(new Map([["pads", ints([2, 2, 1, 1])]])));
  });

  it("is 1 without a window, and of one too large to count", () => {
    expect(kernelWindow(new Map(), [], [7, 7], [7, 7])).toMatchObject({ insideShare: 1, kernelHeight: 1, kernelWidth: 1 });
    expect(kernelWindow(new Map(), [2 ** 31], [7], [7]).insideShare).toBe(1);
  });
});

it("is a window also where the attributes of an unknown operator make no sense", () => {
  const attributes = new Map<string, OnnxAttribute>([
    ["kernel_shape", ints([0, -3])],
    ["strides", ints([0, 0])],
    ["dilations", ints([-1, 0])],
    ["group", { kind: "int", value: 0 }],
  ]);
  const window = { kernelHeight: 1, kernelWidth: 1, stride: 1, dilation: 1, groups: 1, insideShare: 1 };
  expect(kernelWindow(attributes, [], [7, 7], [7, 7])).toEqual(window);
  const long = ints(new Array<number>(200_000).fill(1024));
  const endless = new Map([["kernel_shape", long], ["strides", long], ["dilations", long]]);
  expect(kernelWindow(endless, [], [7, 7], [7, 7])).toEqual({
    kernelHeight: Number.MAX_SAFE_INTEGER,
    kernelWidth: 1024,
    stride: 1024,
    dilation: 1024,
    groups: 1,
    insideShare: 1,
  });
});
