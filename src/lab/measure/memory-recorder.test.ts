import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MEMORY_FILE, type MemoryRow, readMemoryRows } from "../dataset/memory-row.js";
import { type EngineDescription, EngineFailure } from "../engines/engine.js";
import { ProcessLost } from "../engines/line-process.js";
import { type FreshEngine, type MemoryRecording, recordMemory } from "./memory-recorder.js";
import { limited, MEMORY } from "./plan.js";

const DESCRIPTION: EngineDescription = {
  engine: "fake",
  engineVersion: "1",
  threads: 1,
  precision: "float32",
  core: 0,
  cores: [0],
  pid: process.pid,
  runtime: {},
};
/** One variant of each of ten families. */
const PLAN = limited(MEMORY, 1);
const REPORT = { beforeLoadBytes: 10, loadPeakBytes: 40, loadedBytes: 30, runPeakBytes: 35 };

describe("recording memory (fake engine)", () => {
  let out = "";
  let alive = 0;
  let started = 0;
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), "tempograph-record-memory-"));
    [alive, started] = [0, 0];
  });
  afterEach(() => {
    rmSync(out, { recursive: true });
    expect(alive).toBe(0);
  });

  const record = (memory: FreshEngine["memory"] = () => Promise.resolve(REPORT), overrides: Partial<MemoryRecording> = {}): Promise<void> => {
    const start = (): Promise<FreshEngine> => {
      alive += 1;
      started += 1;
      const close = (): Promise<void> => {
        alive -= 1;
        return Promise.resolve();
      };
      return Promise.resolve({ description: DESCRIPTION, memory, close });
    };
    return recordMemory({ plan: PLAN, out, start, stop: new AbortController().signal, ...overrides });
  };
  const rows = (): Promise<readonly MemoryRow[]> => readMemoryRows(out);

  it("takes every network once, every fifth twice, each in a process of its own", async () => {
    await record();
    const written = await rows();
    expect(written.filter(({ round }) => round === 1)).toHaveLength(10);
    expect(written.filter(({ round }) => round === 2).map(({ id }) => id)).toEqual([written[0]?.id, written[5]?.id]);
    expect(started).toBe(12);
    expect(written[3]).toMatchObject({ kind: "memory", family: written[3]?.id.split("-")[0], ...REPORT });
  });

  it("keeps an engine's refusal and death as rows", async () => {
    let asked = 0;
    await record(() => {
      asked += 1;
      return asked === 1 ? Promise.reject(new EngineFailure("not this one")) : asked === 2 ? Promise.reject(new ProcessLost("gone")) : Promise.resolve(REPORT);
    });
    const written = await rows();
    expect(written.slice(0, 3).map(({ kind }) => kind)).toEqual(["failed", "failed", "memory"]);
    expect(written[0]).toMatchObject({ error: "not this one" });
  });

  it("throws what is no engine's fault, and goes on from there, past a torn line", async () => {
    let asked = 0;
    const breaking = (): Promise<typeof REPORT> => {
      asked += 1;
      return asked === 4 ? Promise.reject(new Error("disk full")) : Promise.resolve(REPORT);
    };
    await expect(record(breaking)).rejects.toThrow("disk full");
    expect(await rows()).toHaveLength(3);
    appendFileSync(join(out, MEMORY_FILE), '{"kind":"mem');
    await record();
    expect(await rows()).toHaveLength(12);
    expect(started).toBe(4 + 9);
  });

  it("stops after the row in flight", async () => {
    const stop = new AbortController();
    const last = (): Promise<typeof REPORT> => {
      stop.abort();
      return Promise.resolve(REPORT);
    };
    await record(last, { stop: stop.signal });
    expect(await rows()).toHaveLength(1);
  });

  it("refuses a folder of another plan or machine", async () => {
    await record();
    await expect(record(undefined, { plan: limited(MEMORY, 2) })).rejects.toThrow(/another plan/);
    rmSync(join(out, MEMORY_FILE));
    writeFileSync(join(out, "machine.json"), readFileSync(join(out, "machine.json"), "utf8").replace('"fake"', '"other"'));
    await expect(record()).rejects.toThrow(/another machine/);
  });
});
