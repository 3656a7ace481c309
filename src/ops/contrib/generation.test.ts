import { describe, expect, it } from "vitest";
import { built } from "../../../test/helper/built.js";
import { graphAttribute, graphOf, nodeOf, tensorOf, valueOf } from "../../../test/helper/onnx.js";
import { ModelError } from "../../wire/errors.js";

/** A decoder of one matrix product with 12 weights of its own, and an operator that nobody knows. */
const decoder = graphAttribute(
  graphOf({
    inputs: [valueOf("ids", null, null)],
    initializers: [tensorOf("inner", [3, 4])],
    nodes: [nodeOf("MatMul", ["ids", "inner"], ["h"]), nodeOf("Mystery", ["h"], ["logits"])],
    outputs: ["logits"],
  }),
);

function searched(type: string, numbers: Record<string, number>, outputs: readonly string[]) {
  const names = Object.keys(numbers);
  return built({
    inputs: [valueOf("prompt", ["B", 7], "int32"), valueOf("penalty", [1])],
    initializers: names.map((name) => tensorOf(name, [1], [numbers[name] ?? 0], "int32")),
    nodes: [
      nodeOf(type, ["prompt", "max", "", ...(names.includes("beams") ? ["beams", "returned", "penalty"] : [])], outputs, {
        domain: "com.microsoft",
        attributes: { decoder, eos_token_id: 1, pad_token_id: 0, vocab_size: 50 },
      }),
    ],
    outputs: [outputs[0] ?? ""],
  });
}

describe("text that a decoder writes", () => {
  it("is as long as its inputs say, for each beam that is returned", () => {
    const found = searched("BeamSearch", { max: 20, beams: 4, returned: 2 }, ["s", "p", "all"]);
    expect(found.fact("s")).toMatchObject({ dtype: "int32", shape: ["B", 2, 20] });
    expect(found.fact("p")).toMatchObject({ dtype: "float32", shape: ["B", 2] });
    expect(found.fact("all").shape).toEqual([null, "B", 4, 50]);
    expect(searched("GreedySearch", { max: 20 }, ["s"]).fact("s").shape).toEqual(["B", 20]);
  });

  it("takes nobody knows how many runs, but its weights and unknown operators are told", () => {
    const found = searched("GreedySearch", { max: 20 }, ["s"]);
    expect(found.node("GreedySearch")).toMatchObject({ kind: "control", cost: null, parameters: 1 + 12 });
    expect([...found.graph.unsupported.keys()]).toEqual([":Mystery"]);
  });

  it("is refused where nothing may be written", () => {
    expect(() => searched("GreedySearch", { max: 0 }, ["s"])).toThrow(ModelError);
    expect(() => searched("BeamSearch", { max: 20, beams: -1, returned: 1 }, ["s"])).toThrow("num_beams must not be -1");
  });
});
