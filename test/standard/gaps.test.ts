import { expect, it } from "vitest";
import type { Answer, StandardCase } from "./cases.js";
import { gapsFromShapes, gapsFromValues, unaccounted } from "./gaps.js";
import { outcomeOf, type Examined } from "./examine.js";
import type { Judgement } from "./judge.js";
import { rowOf, shareOfTests } from "./totals.js";

function examinedOf(name: string, dependsOnData: boolean, fromShapes: Judgement["verdict"], fromValues = fromShapes): Examined {
  const answer: Answer = { name: "y", kind: "tensor", dtype: "float32", shape: [1], dependsOnData, onnx: "unknown" };
  const test: StandardCase = { source: "node", name, operator: ":Op", model: "", values: {}, outputs: [answer] };
  const judged = (verdict: Judgement["verdict"]): readonly Judgement[] => [{ answer, verdict, detail: "", cause: ":Lost" }];
  return { test, fromShapes: judged(fromShapes), fromValues: judged(fromValues), fromSymbols: [] };
}

const examined = [
  examinedOf("known", false, "equal"),
  examinedOf("lost", false, "unknown"),
  examinedOf("settled", true, "unknown", "equal"),
  examinedOf("open", true, "unknown"),
];

it("tells what is open because of data from what is not known", () => {
  expect(examined.map(outcomeOf)).toEqual(["equal", "unknown", "depends on data", "depends on data"]);
  expect(rowOf("all", examined)).toMatchObject({ tests: 4, settled: 1 });
  expect(shareOfTests(examined)).toEqual({ equal: 1, of: 2 });
});

it("wants a reason for each gap, and a gap for each reason", () => {
  const gaps = gapsFromShapes(examined);
  expect(gaps).toEqual([{ operator: ":Lost", outputs: 1, tests: ["lost"] }]);
  expect(gapsFromValues(examined)).toEqual([{ operator: ":Lost", outputs: 1, tests: ["open"] }]);
  expect(unaccounted(gaps, new Map([[":Lost", "cannot be"]]))).toEqual([]);
  expect(unaccounted(gaps, new Map())).toHaveLength(1);
  expect(unaccounted(gaps, new Map([[":Lost", "cannot be"], [":Found", "was once lost"]]))).toHaveLength(1);
});
