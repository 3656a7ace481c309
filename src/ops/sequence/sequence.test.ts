import { describe, expect, it } from "vitest";
import { scalar, tensor, vector } from "../../../test/helper/operators.js";
import { costOf, infer } from "../../../test/helper/operator-case.js";
import { containerFact, sequenceOf } from "../containers.js";
import { fact, UNKNOWN_FACT } from "../facts.js";
import type { ContainerFact, ValueFact } from "../operator.js";

const a = tensor([2, 3]);
const b = tensor([5, 3]);
const c = tensor([1, 3]);

function one(type: string, inputs: readonly (ValueFact | null)[], attributes = {}): ValueFact {
  return infer(type, { inputs, attributes })[0] ?? UNKNOWN_FACT;
}

function container(type: string, inputs: readonly (ValueFact | null)[], attributes = {}): ContainerFact | undefined {
  return one(type, inputs, attributes).container;
}

const three = one("SequenceConstruct", [a, b, c]);
const shapes = (sequence: ContainerFact | undefined): unknown => sequence?.items?.map((item) => item.shape);

describe("a sequence that is built from tensors", () => {
  it("knows each of them, and what all have in common", () => {
    expect(three).toMatchObject({ dtype: null, shape: null });
    expect(three.container).toMatchObject({ kind: "sequence", length: 3, element: { dtype: "float32", shape: [null, 3] } });
    expect(shapes(three.container)).toEqual([[2, 3], [5, 3], [1, 3]]);
  });

  it("is empty at first, of a type that is told", () => {
    expect(container("SequenceEmpty", [])).toMatchObject({ length: 0, items: [], element: { dtype: "float32", shape: null } });
    expect(container("SequenceEmpty", [], { dtype: 7 })?.element.dtype).toBe("int64");
    expect(() => one("SequenceEmpty", [], { dtype: 99 })).toThrow("99 is no type");
    const filled = container("SequenceInsert", [one("SequenceEmpty", []), a]);
    expect(filled).toMatchObject({ length: 1, element: { shape: [2, 3] } });
  });

  it("takes tensors at the end or at a position", () => {
    const two = one("SequenceConstruct", [a, b]);
    expect(shapes(container("SequenceInsert", [two, c]))).toEqual([[2, 3], [5, 3], [1, 3]]);
    expect(shapes(container("SequenceInsert", [two, c, scalar(-2)]))).toEqual([[1, 3], [2, 3], [5, 3]]);
    expect(shapes(container("SequenceInsert", [two, c, scalar(2)]))).toEqual([[2, 3], [5, 3], [1, 3]]);
    expect(() => one("SequenceInsert", [two, c, scalar(3)])).toThrow("outside a sequence");
  });

  it("loses sight of the order, not of the length, with a position that only the run knows", () => {
    expect(container("SequenceInsert", [three, a, scalar(null)])).toMatchObject({ length: 4, items: null, element: { shape: [null, 3] } });
    expect(container("SequenceErase", [three, scalar(null)])).toMatchObject({ length: 2, items: null });
  });

  it("gives up tensors, the last one by default", () => {
    expect(shapes(container("SequenceErase", [three]))).toEqual([[2, 3], [5, 3]]);
    expect(shapes(container("SequenceErase", [three, scalar(0)]))).toEqual([[5, 3], [1, 3]]);
    expect(() => one("SequenceErase", [one("SequenceEmpty", [])])).toThrow("outside a sequence of 0");
  });

  it("hands out the tensor at a position, or what all have in common", () => {
    expect(one("SequenceAt", [three, scalar(-2)]).shape).toEqual([5, 3]);
    expect(one("SequenceAt", [three, scalar(null)]).shape).toEqual([null, 3]);
    expect(() => one("SequenceAt", [three, scalar(3)])).toThrow("position 3 is outside a sequence of 3");
  });

  it("tells its length where that is known", () => {
    expect(one("SequenceLength", [three])).toMatchObject({ dtype: "int64", shape: [], value: [3] });
    expect(one("SequenceLength", [sequenceOf(a, null)]).value).toEqual([null]);
  });

  it("tells no more than 64 tensors apart", () => {
    const many = container("SequenceConstruct", Array.from({ length: 65 }, () => a));
    expect(many).toMatchObject({ length: 65, items: null, element: { shape: [2, 3] } });
  });
});

describe("ConcatFromSequence", () => {
  it("joins along an axis", () => {
    expect(one("ConcatFromSequence", [three], { axis: 0 }).shape).toEqual([8, 3]);
    expect(one("ConcatFromSequence", [sequenceOf(a, 4)], { axis: -1 }).shape).toEqual([2, 12]);
    expect(one("ConcatFromSequence", [sequenceOf(a, null)], { axis: 1 }).shape).toEqual([2, null]);
    expect(() => one("ConcatFromSequence", [three], { axis: 1 })).toThrow("a dimension is 2 and also 5");
    expect(() => one("ConcatFromSequence", [three])).toThrow('"axis" is missing');
  });

  it("stacks along an axis of its own", () => {
    const stack = { axis: -1, new_axis: 1 };
    expect(one("ConcatFromSequence", [sequenceOf(a, 4)], stack).shape).toEqual([2, 3, 4]);
    expect(one("ConcatFromSequence", [one("SequenceConstruct", [a, a])], { axis: 0, new_axis: 1 }).shape).toEqual([2, 2, 3]);
  });
});

describe("SplitToSequence", () => {
  const x = tensor([6, 4]);

  it("cuts into single slices, with or without their axis", () => {
    expect(container("SplitToSequence", [x])).toMatchObject({ length: 6, element: { shape: [1, 4] } });
    expect(container("SplitToSequence", [x], { axis: 1, keepdims: 0 })).toMatchObject({ length: 4, element: { shape: [6] } });
    expect(container("SplitToSequence", [tensor(["N", 4])])).toMatchObject({ length: "N", element: { shape: [1, 4] } });
  });

  it("cuts into pieces of one size, the last of which may be smaller", () => {
    expect(container("SplitToSequence", [x, scalar(3)])).toMatchObject({ length: 2, element: { shape: [3, 4] } });
    expect(shapes(container("SplitToSequence", [x, scalar(4)]))).toEqual([[4, 4], [2, 4]]);
    expect(container("SplitToSequence", [x, scalar(null)])).toMatchObject({ length: null, element: { shape: [null, 4] } });
    expect(() => one("SplitToSequence", [x, scalar(0)])).toThrow("pieces of 0");
  });

  it("cuts into pieces of stated sizes", () => {
    expect(shapes(container("SplitToSequence", [x, vector(1, 5)]))).toEqual([[1, 4], [5, 4]]);
    expect(container("SplitToSequence", [x, fact("int64", [3])])).toMatchObject({ length: 3, element: { shape: [null, 4] } });
    expect(() => one("SplitToSequence", [x, vector(1, 4)])).toThrow("sizes add up to 5, not to 6");
    expect(() => one("SplitToSequence", [x, vector(7, -1)])).toThrow("negative");
  });

  it("holds no list as long as the file says", () => {
    expect(container("SplitToSequence", [tensor([2 ** 50, 4]), scalar(3)])).toMatchObject({ length: Math.ceil(2 ** 50 / 3), items: null });
  });
});

describe("optionals", () => {
  const open = containerFact({ kind: "optional", element: a, length: null, items: null });

  it("hold something or not", () => {
    expect(container("Optional", [a])).toMatchObject({ kind: "optional", length: 1, element: { shape: [2, 3] } });
    expect(one("OptionalHasElement", [one("Optional", [three])]).value).toEqual([1]);
    expect(one("OptionalHasElement", [one("Optional", [])]).value).toEqual([0]);
    expect(one("OptionalHasElement", [open])).toMatchObject({ dtype: "bool", shape: [], value: [null] });
    expect(one("OptionalHasElement", []).value).toEqual([0]);
    expect(one("OptionalHasElement", [a]).value).toEqual([1]);
  });

  it("give what they hold; tensors and sequences give themselves", () => {
    expect(one("OptionalGetElement", [open]).shape).toEqual([2, 3]);
    expect(one("OptionalGetElement", [one("Optional", [three])]).container).toMatchObject({ length: 3 });
    expect(one("OptionalGetElement", [a]).shape).toEqual([2, 3]);
    expect(one("OptionalGetElement", [three])).toBe(three);
  });
});

it("costs the bytes of the tensors that are copied", () => {
  expect(costOf("SequenceConstruct", { inputs: [a, b] })).toMatchObject({ flops: 0, bytesRead: 84, bytesWritten: 84 });
  expect(costOf("SequenceInsert", { inputs: [three, a] })).toMatchObject({ bytesRead: 24, bytesWritten: 24 });
  expect(costOf("SequenceAt", { inputs: [three, scalar(0)] })).toMatchObject({ bytesRead: 24, bytesWritten: 24 });
  expect(costOf("ConcatFromSequence", { inputs: [sequenceOf(a, 3)], attributes: { axis: 0 } })).toMatchObject({ bytesRead: 72, bytesWritten: 72 });
  expect(costOf("SequenceErase", { inputs: [three] })).toMatchObject({ bytesRead: 0, bytesWritten: 0 });
});

it("refuses tensors in the place of sequences, and takes what it knows nothing of", () => {
  expect(() => one("SequenceAt", [a, scalar(0)])).toThrow("is no sequence");
  expect(container("SequenceInsert", [UNKNOWN_FACT, a])).toMatchObject({ length: null, element: { dtype: "float32", shape: null } });
});
