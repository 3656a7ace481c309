import { describe, expect, it } from "vitest";
import { differenceOf } from "./likeness.js";

const REFERENCE = [
  { elements: 4, head: [1, 2] },
  { elements: 4, head: [3, 4] },
];

describe("outputs of an engine beside ONNX Runtime's", () => {
  it("agree in any order, and up to rounding", () => {
    const other = [
      { elements: 4, head: [3.001, 4] },
      { elements: 4, head: [1, 2.0001] },
    ];
    expect(differenceOf(other, REFERENCE)).toBeNull();
  });

  it("agree in either layout of an engine", () => {
    const stored = REFERENCE.map(({ elements, head }) => ({ elements, head: [head[0] ?? 0, 9], storedHead: head }));
    expect(differenceOf(stored, REFERENCE)).toBeNull();
    expect(differenceOf(stored.map((output) => ({ ...output, storedHead: output.head })), REFERENCE)).toBe("other values");
  });

  it("agree on what is no number", () => {
    const strange = [{ elements: 2, head: [NaN, -Infinity] }];
    expect(differenceOf(strange, strange)).toBeNull();
    expect(differenceOf([{ elements: 2, head: [NaN, Infinity] }], strange)).toBe("other values");
  });

  it("differ by values, elements or number", () => {
    expect(differenceOf([REFERENCE[0] ?? { elements: 0, head: [] }, { elements: 4, head: [5, 6] }], REFERENCE)).toBe("other values");
    expect(differenceOf([REFERENCE[0] ?? { elements: 0, head: [] }, { elements: 5, head: [3, 4] }], REFERENCE)).toBe("no output of 4 elements");
    expect(differenceOf(REFERENCE.slice(0, 1), REFERENCE)).toBe("1 outputs instead of 2");
    expect(differenceOf([{ elements: 2, head: [NaN, 1] }], [{ elements: 2, head: [0, 1] }])).toBe("other values");
  });
});
