import { describe, expect, it } from "vitest";
import { costOf, int64s, refusal, shapeOf, tensor, type OperatorCase } from "../../test/helper/operator-case.js";

const open = tensor([], { dtype: "int64" });

describe("DFT", () => {
  const real = tensor([1, 10, 12, 1]);
  const complex = tensor([1, 6, 12, 2]);

  it.each<[string, OperatorCase, (number | null)[]]>([
    ["along the first axis after the batch in opset 17", { inputs: [real], opset: 17, attributes: { onesided: 1 } }, [1, 6, 12, 2]],
    ["along the last axis since opset 20", { inputs: [real], opset: 20, attributes: { onesided: 1 } }, [1, 10, 7, 2]],
    ["along the axis of the attribute", { inputs: [real], opset: 19, attributes: { onesided: 1, axis: -2 } }, [1, 10, 7, 2]],
    ["along the axis of the input", { inputs: [real, null, int64s(1)], attributes: { onesided: 1 } }, [1, 6, 12, 2]],
    ["of a length that is given", { inputs: [real, int64s(16), int64s(1)] }, [1, 16, 12, 2]],
    ["back, complex", { inputs: [complex, null, int64s(1)], attributes: { inverse: 1 } }, [1, 6, 12, 2]],
    ["back to real numbers", { inputs: [complex, null, int64s(1)], attributes: { inverse: 1, onesided: 1 } }, [1, 10, 12, 1]],
    ["back to a length that is given", { inputs: [complex, int64s(11), int64s(1)], attributes: { inverse: 1, onesided: 1 } }, [1, 11, 12, 1]],
    ["along an axis that is not known, its length kept", { inputs: [real, null, open] }, [1, 10, 12, 2]],
    ["along an axis that is not known", { inputs: [real, null, open], attributes: { onesided: 1 } }, [null, null, null, 2]],
    ["of a length that is not known", { inputs: [real, open, int64s(1)] }, [1, null, 12, 2]],
  ])("%s", (_, node, expected) => {
    expect(shapeOf("DFT", node)).toEqual(expected);
  });

  it("keeps a symbol, and knows half of it no more", () => {
    const signal = tensor(["B", "T", 1]);
    expect(shapeOf("DFT", { inputs: [signal] })).toEqual(["B", "T", 2]);
    expect(shapeOf("DFT", { inputs: [signal], attributes: { onesided: 1 } })).toEqual(["B", null, 2]);
    expect(shapeOf("DFT", { inputs: [tensor(null)] })).toBeNull();
  });

  it("costs 5 n log2 n for each transform, half of it one-sided", () => {
    const signal = [tensor([3, 16, 2])];
    expect(costOf("DFT", { inputs: signal }).flops).toBe(3 * 5 * 16 * 4);
    expect(costOf("DFT", { inputs: [tensor([3, 16, 1])], attributes: { onesided: 1 } }).flops).toBe(3 * 5 * 8 * 4);
    expect(costOf("DFT", { inputs: [tensor([3, 9, 2])], attributes: { inverse: 1, onesided: 1 } }).flops).toBe(3 * 5 * 8 * 4);
    expect(costOf("DFT", { inputs: [real, null, open] }).flops).toBe(10 * 5 * 12 * 4);
  });

  it("refuses the axis of the parts, one outside, other parts and a negative length", () => {
    expect(refusal("DFT", { inputs: [real, null, int64s(3)] }).code).toBe("invalid-graph");
    expect(refusal("DFT", { inputs: [real, null, int64s(4)] }).code).toBe("invalid-graph");
    expect(refusal("DFT", { inputs: [tensor([1, 10, 3])] }).code).toBe("invalid-graph");
    expect(refusal("DFT", { inputs: [tensor([10])] }).code).toBe("invalid-graph");
    expect(refusal("DFT", { inputs: [real, int64s(-1)] }).code).toBe("invalid-graph");
  });
});

describe("STFT", () => {
  const signal = tensor([2, 128, 1]);

  it.each<[string, OperatorCase, (number | string | null)[]]>([
    ["frames of a length", { inputs: [signal, int64s(8), null, int64s(16)] }, [2, 15, 9, 2]],
    ["frames as long as the window", { inputs: [signal, int64s(8), tensor([16])] }, [2, 15, 9, 2]],
    ["one frame", { inputs: [signal, int64s(8)] }, [2, 1, 65, 2]],
    ["all frequencies", { inputs: [signal, int64s(8), tensor([16])], attributes: { onesided: 0 } }, [2, 15, 16, 2]],
    ["a step that is not known", { inputs: [signal, open, tensor([16])] }, [2, null, 9, 2]],
    ["a length that is not known", { inputs: [signal, int64s(8), null, open] }, [2, null, null, 2]],
    ["a signal that is not known", { inputs: [tensor(["B", "T", 1]), int64s(8), tensor([16])] }, ["B", null, 9, 2]],
  ])("%s", (_, node, expected) => {
    expect(shapeOf("STFT", node)).toEqual(expected);
  });

  it("costs a transform for each frame, and its window", () => {
    const transform = 5 * 8 * 4;
    expect(costOf("STFT", { inputs: [signal, int64s(8), null, int64s(16)] }).flops).toBe(2 * 15 * transform);
    expect(costOf("STFT", { inputs: [signal, int64s(8), tensor([16])] }).flops).toBe(2 * 15 * (transform + 16));
  });

  it.each([
    ["a step of 0", [signal, int64s(0), tensor([16])]],
    ["a frame longer than the signal", [signal, int64s(8), tensor([200])]],
    ["a window of another length", [signal, int64s(8), tensor([16]), int64s(32)]],
    ["a signal without parts", [tensor([2, 128]), int64s(8), tensor([16])]],
  ])("refuses %s", (_, inputs) => {
    expect(refusal("STFT", { inputs }).code).toBe("invalid-graph");
  });
});
