import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { syntheticOutcome } from "../../../test/helper/synthetic-cells.js";
import { DeviceUnreachable } from "../devices/device.js";
import type { Bench, BenchOptions } from "../plans/bench.js";
import { readPlanRows } from "../plans/describe-rows.js";
import type { Cell } from "../plans/plan-row.js";
import { cellPlace } from "../plans/plan-row.js";
import { SettingsError } from "../settings-file.js";
import { runFarm } from "./run-farm.js";

let folder = "";
const folders: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tempograph-farm-"));
  folders.push(folder);
});
afterAll(() => {
  for (const each of folders) rmSync(each, { recursive: true });
});

function device(name: string, more: object = {}): string {
  const path = join(folder, `${name}.yaml`);
  const reach = { by: "ssh", host: name, root: "/tempograph" };
  writeFileSync(path, stringify({ name, reach, clusters: [{ name: "all", cores: [0, 1] }], engines: ["onnxruntime", "ncnn"], ...more }));
  return path;
}

function plan(repeats = 4): string {
  const path = join(folder, "plan.yaml");
  writeFileSync(path, stringify({ name: "synthetic", engines: ["onnxruntime", "ncnn"], models: [{ zoo: "squeezenet-0" }], states: [{ name: "idle" }], repeats }));
  return path;
}

interface Play {
  /** Default: the device's name. */
  readonly hosts?: Readonly<Record<string, string>>;
  readonly missing?: Readonly<Record<string, string>>;
  /** Called for each cell; may throw. */
  readonly onCell?: (device: string, cell: Cell, nth: number) => Promise<void>;
  readonly stop?: AbortSignal;
}

/** Runs a farm of synthetic devices, which take a few ms for a cell and measure nothing; their rows are thrown away. */
async function farm(devicePaths: readonly string[], { hosts = {}, missing = {}, onCell, stop = new AbortController().signal }: Play = {}, planPath = plan()) {
  const busy = { devices: new Map<string, number>(), mostAtOnce: 0, now: 0 };
  const open = ({ description: { name } }: BenchOptions): Promise<Bench> => {
    const host = hosts[name] ?? name;
    let nth = 0;
    const measure: Bench["measure"] = async (cell) => {
      busy.devices.set(host, (busy.devices.get(host) ?? 0) + 1);
      busy.now += 1;
      busy.mostAtOnce = Math.max(busy.mostAtOnce, busy.now);
      try {
        expect(busy.devices.get(host), `cells at once on ${host}`).toBe(1);
        await sleep(5);
        nth += 1;
        await onCell?.(name, cell, nth);
        return syntheticOutcome(cell, name);
      } finally {
        busy.devices.set(host, (busy.devices.get(host) ?? 0) - 1);
        busy.now -= 1;
      }
    };
    const absent = missing[name] === "ncnn" ? new Map([["ncnn", "synthetic: not installed"] as const]) : new Map<never, never>();
    return Promise.resolve({ name, host, missing: absent, restore: () => Promise.resolve(), measure, close: () => Promise.resolve() });
  };
  const remarks: string[] = [];
  const reports = await runFarm({ planPath, devicePaths, out: folder, stop, remark: (text) => void remarks.push(text), open });
  return { reports, remarks, mostAtOnce: busy.mostAtOnce };
}

function rows(group: string) {
  return readPlanRows(join(folder, `synthetic.${group}.jsonl`)).filter((row) => row.kind !== "plan" && row.kind !== "machine");
}

const ALL = 8;

describe("a farm (of synthetic devices)", () => {
  it("measures the whole plan on each device, at the same time", async () => {
    const { reports, mostAtOnce } = await farm([device("a"), device("b")]);
    expect(reports).toMatchObject([
      { group: "a", rows: ALL, open: 0, absent: [] },
      { group: "b", rows: ALL, open: 0, absent: [] },
    ]);
    expect(mostAtOnce).toBe(2);
    expect(new Set(rows("a").map(cellPlace)).size).toBe(ALL);
    expect(rows("b").every((row) => row.device === "b")).toBe(true);
  });

  it("measures each cell once where devices are of one kind", async () => {
    const { reports } = await farm([device("a", { kind: "k40" }), device("b", { kind: "k40" })]);
    expect(reports).toMatchObject([{ group: "k40", rows: ALL, open: 0 }]);
    expect(rows("k40")).toHaveLength(ALL);
    expect(new Set(rows("k40").map(cellPlace)).size).toBe(ALL);
    expect(new Set(rows("k40").map((row) => row.device))).toEqual(new Set(["a", "b"]));
  });

  it("never measures two cells at once on one host, whatever it is called", async () => {
    const { reports, mostAtOnce } = await farm([device("a"), device("b")], { hosts: { a: "same", b: "same" } });
    expect(reports.map((report) => report.rows)).toEqual([ALL, ALL]);
    expect(mostAtOnce).toBe(1);
  });

  it("gives a dead device's work to another one of its kind", async () => {
    const { reports } = await farm([device("a", { kind: "k40" }), device("b", { kind: "k40" })], {
      onCell: (name, _, nth) => (name === "a" && nth === 2 ? Promise.reject(new DeviceUnreachable("a is gone: unplugged")) : Promise.resolve()),
    });
    expect(reports).toMatchObject([{ rows: ALL, open: 0, absent: ["a: a is gone: unplugged"] }]);
    expect(new Set(rows("k40").map(cellPlace)).size).toBe(ALL);
  });

  it("waits for a cell that may come back", async () => {
    const { reports } = await farm(
      [device("a", { kind: "k40" }), device("b", { kind: "k40" })],
      {
        onCell: async (name, _, nth) => {
          if (name !== "a" || nth !== 1) return;
          // b has nothing left to do by now.
          await sleep(150);
          throw new DeviceUnreachable("a is gone");
        },
      },
      plan(1),
    );
    expect(reports).toMatchObject([{ rows: 2, open: 0 }]);
    expect(rows("k40").map((row) => row.device)).toEqual(["b", "b"]);
  });

  it("leaves the cells of a dead device open where it is the only one, and does them the next time", async () => {
    const paths = [device("a"), device("b")];
    const die = (name: string, _: Cell, nth: number) => (name === "a" && nth === 3 ? Promise.reject(new DeviceUnreachable("a is gone")) : Promise.resolve());
    const first = await farm(paths, { onCell: die });
    expect(first.reports).toMatchObject([{ rows: 2, open: 6 }, { rows: ALL, open: 0 }]);
    const second = await farm(paths);
    expect(second.reports).toMatchObject([{ rows: ALL, open: 0 }, { rows: ALL, open: 0 }]);
    expect(rows("a")).toHaveLength(ALL);
    expect(new Set(rows("a").map(cellPlace)).size).toBe(ALL);
  });

  it("leaves an engine to those of a kind that have it", async () => {
    const { reports, remarks } = await farm([device("a", { kind: "k40" }), device("b", { kind: "k40" })], { missing: { a: "ncnn" } });
    expect(reports).toMatchObject([{ rows: ALL, open: 0 }]);
    expect(rows("k40").filter((row) => row.engine === "ncnn").every((row) => row.device === "b")).toBe(true);
    expect(remarks).toContain("ncnn on a is missing: synthetic: not installed");
  });

  it("finishes the cells in flight when it is told to stop", async () => {
    const stop = new AbortController();
    const { reports } = await farm([device("a"), device("b")], {
      stop: stop.signal,
      onCell: () => {
        stop.abort();
        return Promise.resolve();
      },
    });
    expect(reports.map((report) => report.rows)).toEqual([1, 1]);
  });

  it("ends with a fault of the program once the other devices have finished their cells", async () => {
    const faulty = farm([device("a"), device("b")], {
      onCell: (name, _, nth) => (name === "a" && nth === 1 ? Promise.reject(new TypeError("a fault")) : sleep(20)),
    });
    await expect(faulty).rejects.toThrow("a fault");
    expect(rows("b")).toHaveLength(1);
  });

  it("refuses devices of one name, and of one kind that differ", async () => {
    const other = join(folder, "other.yaml");
    writeFileSync(other, stringify({ name: "a", reach: { by: "local" }, clusters: [{ name: "all", cores: [0] }], engines: ["ncnn"] }));
    await expect(farm([device("a"), other])).rejects.toThrow(SettingsError);
    const unlike = [device("a", { kind: "k40" }), device("b", { kind: "k40", engines: ["ncnn"] })];
    await expect(farm(unlike)).rejects.toThrow(/b and a are to be of one kind, k40, but/);
  });
});
