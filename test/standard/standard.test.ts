import { describe, expect, it } from "vitest";
import { readStandardTests } from "./cases.js";
import { examine, wrongAnswers } from "./examine.js";

const examined = examine(readStandardTests("test/standard/tests.jsonl.gz"));

describe("the standard's own tests", () => {
  it("are all there", () => {
    expect(examined.filter(({ test }) => test.source === "node").length).toBeGreaterThanOrEqual(1884);
    expect(new Set(examined.map(({ test }) => test.source)).size).toBe(5);
  });

  it("contradict nothing that is inferred", () => {
    expect(wrongAnswers(examined)).toEqual([]);
  });
});
