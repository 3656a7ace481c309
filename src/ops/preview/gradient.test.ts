import { expect, it } from "vitest";
import { built } from "../../../test/helper/built.js";
import { nodeOf, valueOf } from "../../../test/helper/onnx.js";

const gradient = (xs: readonly string[]): ReturnType<typeof built> =>
  built({
    inputs: [valueOf("a", [2, 3]), valueOf("b", [3])],
    nodes: [
      nodeOf("Mul", ["a", "b"], ["c"]),
      nodeOf("Gradient", ["a", "b"], ["da", "db"], {
        domain: "ai.onnx.preview.training",
        attributes: { xs: { kind: "strings", value: xs }, y: "c" },
      }),
    ],
    outputs: ["da", "db"],
  });

it("has the shapes of what it is taken by, and a cost that nobody knows", () => {
  const found = gradient(["a", "b"]);
  expect(found.fact("da")).toMatchObject({ dtype: "float32", shape: [2, 3] });
  expect(found.fact("db").shape).toEqual([3]);
  expect(found.node("Gradient").cost).toBeNull();
  expect(found.graph.unsupported.size).toBe(0);
});

it("refuses a gradient by nothing", () => {
  expect(() => gradient([])).toThrow("xs names no tensor");
});
