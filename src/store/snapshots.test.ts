import { expect, it } from "vitest";
import { snapshotOf } from "../hardware/snapshot.js";
import { MemorySnapshotStore } from "./snapshots.js";

it("a snapshot ages, and is gone when its time is over", async () => {
  let now = 1_000_000;
  const store = new MemorySnapshotStore({ timeToLiveMs: 600_000, now: () => now });
  const { id, ageMs, expiresAt } = await store.put(snapshotOf({ utilization: 0.25 }));
  expect(ageMs).toBe(0);
  expect(expiresAt.getTime()).toBe(1_600_000);
  now += 599_999;
  expect(await store.get(id)).toMatchObject({ id, ageMs: 599_999, snapshot: { state: { utilization: 0.25 } } });
  now += 1;
  expect(await store.get(id)).toBeUndefined();
});

it("keeps no more snapshots than it may", async () => {
  const store = new MemorySnapshotStore({ maxSnapshots: 1 });
  const first = await store.put(snapshotOf({}));
  const second = await store.put(snapshotOf({}));
  expect(await store.get(first.id)).toBeUndefined();
  expect(await store.get(second.id)).toBeDefined();
});
