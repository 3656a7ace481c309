import { describe, expect, it } from "vitest";
import { Catalog } from "./catalog.js";
import { CELL_NETWORKS, ENGINE, FIRST, limited, NETWORKS, smoke } from "./plan.js";

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

  it("begins with a plan's first variant, so that more networks are no network of the plan before", () => {
    const more = new Catalog(limited(NETWORKS, 1)).idleIds;
    expect(more).toContain(`resnet-${ENGINE.idle.variantsPerFamily}`);
    expect(more).toHaveLength(10);
  });

  it("has networks of the families that a plan names", () => {
    const { idleIds, sweepIds } = new Catalog(limited(CELL_NETWORKS, 2));
    expect(idleIds).toEqual(["cells-0", "cells-1"]);
    expect(sweepIds).toEqual([]);
  });

  it("refuses an id outside the plan", () => {
    expect(() => catalog.get("resnet-59")).toThrow(RangeError);
  });
});
