import { describe, expect, it } from "vitest";
import { FAKE_TARGET, fakeRegistry } from "../../test/helper/fake-registry.js";
import { tinyGraph } from "../../test/helper/tiny-graph.js";
import { MemoryModelStore } from "./models.js";

function fakePredictor() {
  const predictor = fakeRegistry().predictors.get(FAKE_TARGET);
  if (predictor === undefined) throw new Error("the fake registry lacks its target");
  return predictor;
}

describe("models in memory", () => {
  it("are found by id and created once", async () => {
    const store = new MemoryModelStore();
    expect((await store.put(tinyGraph())).created).toBe(true);
    expect((await store.put(tinyGraph())).created).toBe(false);
    const byId = await store.find("a".repeat(64));
    expect(byId?.graph.name).toBe("tiny");
    expect(await store.find("b".repeat(64))).toBeUndefined();
  });

  it("keep models apart that share an id but not their names", async () => {
    const store = new MemoryModelStore();
    expect((await store.put(tinyGraph({}, "first"))).created).toBe(true);
    expect((await store.put(tinyGraph({}, "second"))).created).toBe(true);
    expect((await store.put(tinyGraph({}, "second"))).model.graph.nodes[0]?.name).toBe("second");
    expect((await store.put(tinyGraph({}, "first"))).model.graph.nodes[0]?.name).toBe("first");
    expect((await store.find("a".repeat(64)))?.graph.nodes[0]?.name).toBe("first");
  });

  it("are embedded once for each target", async () => {
    const store = new MemoryModelStore();
    const predictor = fakePredictor();
    const { model } = await store.put(tinyGraph());
    const before = store.usage.bytes;
    const first = store.embed(model, predictor);
    expect(store.embed(model, predictor)).toBe(first);
    expect(predictor.embedCalls).toBe(1);
    expect(store.usage.bytes).toBeGreaterThan(before);
  });

  it("are bounded by count and by bytes, and embed even when they are not kept", async () => {
    const few = new MemoryModelStore({ maxModels: 2 });
    for (const id of ["1", "2", "3"]) await few.put(tinyGraph({ modelId: id }));
    expect(few.usage.models).toBe(2);
    expect(await few.find("1")).toBeUndefined();

    const small = new MemoryModelStore({ maxBytes: 100 });
    const { model } = await small.put(tinyGraph());
    expect(small.usage).toEqual({ models: 0, bytes: 0 });
    expect(small.embed(model, fakePredictor()).modelId).toBe(model.graph.modelId);
  });
});
