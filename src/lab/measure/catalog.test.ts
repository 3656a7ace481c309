import { describe, expect, it } from "vitest";
import { Catalog } from "./catalog.js";
import { FIRST, smoke } from "./plan.js";

const catalog = new Catalog(smoke(FIRST));

describe("Catalog", () => {
  it("has the sweep's operators and the variants of every family, under ids of their own", () => {
    const ids = [...catalog.sweepIds, ...catalog.idleIds];
    expect(new Set(ids).size).toBe(ids.length);
    expect(catalog.sweepIds).toHaveLength(4);
    expect(catalog.idleIds).toHaveLength(10);
    for (const id of ids) expect(catalog.get(id).id).toBe(id);
  });

  it("orders each round on its own, the same way each time", () => {
    const order = catalog.roundOrder("idle", 1, "seed");
    expect(order.toSorted()).toEqual([...catalog.idleIds].toSorted());
    expect(catalog.roundOrder("idle", 1, "seed")).toEqual(order);
    expect(catalog.roundOrder("idle", 2, "seed")).not.toEqual(order);
  });

  it("refuses an id outside the plan", () => {
    expect(() => catalog.get("resnet-59")).toThrow(RangeError);
  });
});
