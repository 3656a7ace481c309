import { describe, expect, it } from "vitest";
import { allOperators, lookupOperator } from "./index.js";

describe.each(allOperators.map((operator) => [operator.type, operator] as const))("%s", (_, operator) => {
  it("is found from its first opset on, and not before", () => {
    const first = operator.since[0] ?? 0;
    expect(lookupOperator(operator.domain, operator.type, first)).toBe(operator);
    expect(lookupOperator(operator.domain, operator.type, 99)).toBe(operator);
    expect(lookupOperator(operator.domain, operator.type, first - 1)).toBeUndefined();
  });

  it("lists its opsets once each, ascending", () => {
    expect(operator.since.length).toBeGreaterThan(0);
    expect(operator.since).toEqual([...new Set(operator.since)].sort((a, b) => a - b));
  });
});

it.each(["__proto__", "constructor", "acme"])("knows no operators of the domain %j", (domain) => {
  expect(lookupOperator(domain, "Relu", 17)).toBeUndefined();
});

it.each(["__proto__", "constructor", "toString", "", "relu"])("knows no operator called %j", (type) => {
  expect(lookupOperator("", type, 17)).toBeUndefined();
});
