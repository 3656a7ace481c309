import { describe, expect, it } from "vitest";
import { Bindings } from "./bindings.js";

describe("bindings", () => {
  it("know each name that was added, the empty one too, and no other", () => {
    const bindings = Bindings.none<number>().with("a", 1).with("", 2).with("__proto__", 3);
    expect(["a", "", "__proto__", "b"].map((name) => bindings.get(name))).toEqual([1, 2, 3, undefined]);
    expect(Bindings.none<number>().get("")).toBeUndefined();
  });

  it("leave what they were made from as it was", () => {
    const one = Bindings.none<number>().with("a", 1);
    const [left, right] = [one.with("b", 2), one.with("b", 3)];
    expect([left.get("b"), right.get("b"), one.get("b"), right.get("a")]).toEqual([2, 3, undefined, 1]);
  });
});
