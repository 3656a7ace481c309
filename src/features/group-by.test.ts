import { describe, expect, it } from "vitest";
import { groupBy } from "./group-by.js";

describe("groupBy", () => {
  it("keeps the order of keys and of items, and any names as keys", () => {
    const groups = groupBy(["__proto__ 1", "relu 2", "__proto__ 3"], (text) => text.split(" ")[0]);
    expect([...groups]).toEqual([
      ["__proto__", ["__proto__ 1", "__proto__ 3"]],
      ["relu", ["relu 2"]],
    ]);
  });

  it("tells objects apart by identity", () => {
    const [a, b] = [{ rows: 1 }, { rows: 1 }];
    expect(groupBy([a, b, a], (key) => key).get(a)).toHaveLength(2);
  });
});
