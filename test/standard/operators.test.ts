import { describe, expect, it } from "vitest";
import { allOperators, lookupOperator } from "../../src/ops/index.js";
import { readReasons } from "./gaps.js";
import { differences, readStandardOperators, unexplained } from "./operators.js";

const standard = readStandardOperators("test/standard/operators.json");
const [absOperator] = allOperators.filter(({ domain, type }) => domain === "" && type === "Abs");

describe("the standard's operators", () => {
  it("are all there", () => {
    expect(standard.filter(({ domain }) => domain === "").length).toBeGreaterThanOrEqual(200);
    expect(new Set(standard.map(({ domain }) => domain)).size).toBe(4);
  });

  it("are known in each version in which they changed, or it is said why not", () => {
    const { operators } = readReasons("test/standard/reasons.json");
    expect(unexplained(differences(standard, allOperators), operators)).toEqual([]);
  });

  it("are found from their first version on that is not deprecated", () => {
    const known = standard.filter(({ domain, type }) => allOperators.some((ours) => ours.domain === domain && ours.type === type));
    for (const { domain, type, since, deprecated = [] } of known) {
      const usable = since.filter((version) => !deprecated.includes(version));
      for (const version of usable) expect(lookupOperator(domain, type, version)?.type).toBe(type);
    }
    expect(known.length).toBeGreaterThan(180);
  });
});

describe("a comparison with the standard", () => {
  const abs = { domain: "", type: "Abs", since: [1, 6, 13] };
  const registry = absOperator === undefined ? [] : [absOperator];

  it("finds operators and versions that one of them lacks", () => {
    expect(differences([abs], registry)).toEqual([]);
    expect(differences([{ ...abs, since: [1, 6, 13, 30] }], registry)).toEqual([":Abs@30"]);
    expect(differences([{ ...abs, since: [6, 13] }], registry)).toEqual([":Abs@1"]);
    expect(differences([abs, { domain: "", type: "Absent", since: [1] }], registry)).toEqual([":Absent"]);
    expect(differences([{ domain: "", type: "Absent", since: [1] }], registry)).toEqual([":Abs", ":Absent"]);
  });

  it("leaves out domains that the standard does not have", () => {
    expect(differences([{ ...abs, domain: "ai.onnx.ml" }], registry)).toEqual(["ai.onnx.ml:Abs"]);
  });

  it("wants a reason for each difference, and a difference for each reason", () => {
    expect(unexplained([":Abs@30"], new Map([[":Abs@30", "too new"]]))).toEqual([]);
    expect(unexplained([":Abs@30"], new Map())).toHaveLength(1);
    expect(unexplained([], new Map([[":Abs@30", "too new"]]))).toHaveLength(1);
  });
});
