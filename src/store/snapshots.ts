import { randomUUID } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Snapshot } from "../hardware/snapshot.js";

export interface StoredSnapshot {
  readonly id: string;
  readonly snapshot: Snapshot;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Age at the time of the answer. */
  readonly ageMs: number;
}

/** Where states are kept until they are too old to say anything about the device. */
export interface SnapshotStore {
  put(snapshot: Snapshot): Promise<StoredSnapshot>;
  /** undefined: never seen, expired, or pushed out. */
  get(id: string): Promise<StoredSnapshot | undefined>;
}

export interface SnapshotStoreOptions {
  readonly timeToLiveMs: number;
  readonly maxSnapshots: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const DEFAULTS: SnapshotStoreOptions = { timeToLiveMs: 10 * 60_000, maxSnapshots: 100_000, now: Date.now };

/** Snapshots in this process's memory. */
export class MemorySnapshotStore implements SnapshotStore {
  readonly #options: SnapshotStoreOptions;
  readonly #entries: LRUCache<string, { snapshot: Snapshot; createdAt: number }>;

  constructor(options: Partial<SnapshotStoreOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
    this.#entries = new LRUCache({ max: this.#options.maxSnapshots });
  }

  put(snapshot: Snapshot): Promise<StoredSnapshot> {
    const id = randomUUID();
    const createdAt = this.#options.now();
    this.#entries.set(id, { snapshot, createdAt });
    return Promise.resolve(this.#describe(id, snapshot, createdAt));
  }

  get(id: string): Promise<StoredSnapshot | undefined> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return Promise.resolve(undefined);
    if (this.#options.now() >= entry.createdAt + this.#options.timeToLiveMs) {
      this.#entries.delete(id);
      return Promise.resolve(undefined);
    }
    return Promise.resolve(this.#describe(id, entry.snapshot, entry.createdAt));
  }

  #describe(id: string, snapshot: Snapshot, createdAt: number): StoredSnapshot {
    return {
      id,
      snapshot,
      createdAt: new Date(createdAt),
      expiresAt: new Date(createdAt + this.#options.timeToLiveMs),
      ageMs: this.#options.now() - createdAt,
    };
  }
}
