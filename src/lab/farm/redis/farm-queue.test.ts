import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { build } from "vite";
import { stringify } from "yaml";
import { freePort } from "../../../../test/helper/free-port.js";
import type { LoopbackRedis } from "../../../../test/helper/redis.js";
import { redisLacks, startRedis } from "../../../../test/helper/redis.js";
import { syntheticOutcome } from "../../../../test/helper/synthetic-cells.js";
import { PROJECT_ROOT } from "../../engines/python.js";
import { readPlanRows } from "../../plans/describe-rows.js";
import { cellPlace } from "../../plans/plan-row.js";
import { SettingsError } from "../../settings-file.js";
import { collect } from "./collect.js";
import { enqueue } from "./enqueue.js";
import { work } from "./work.js";

const lacking = redisLacks();
const LOCK_MS = 4000;
const CELL_MS = 150;
/** Ends with the test in which it was started. */
const WAIT = { timeout: 90_000, interval: 50 };

interface SyntheticWorker {
  readonly process: ChildProcess;
  /** What it printed: begin, end, done. */
  readonly events: () => readonly string[];
  readonly remarks: () => string;
  readonly exited: Promise<number | null>;
}

describe.skipIf(lacking !== null)(`a farm over Redis (a real one, with synthetic devices; ${lacking ?? "present"})`, () => {
  let redis: LoopbackRedis;
  let folder = "";
  let bundle = "";
  const started: ChildProcess[] = [];
  const folders: string[] = [];

  beforeAll(async () => {
    // Within the project, where its packages are found.
    mkdirSync(join(PROJECT_ROOT, ".cache"), { recursive: true });
    bundle = mkdtempSync(join(PROJECT_ROOT, ".cache", "synthetic-worker-"));
    const entry = fileURLToPath(new URL("../../../../test/helper/synthetic-worker.ts", import.meta.url));
    await build({ configFile: false, logLevel: "silent", build: { ssr: entry, outDir: bundle, emptyOutDir: false, minify: false } });
  }, 180_000);
  afterAll(() => {
    for (const each of [...folders, bundle]) rmSync(each, { recursive: true, force: true });
  });
  beforeEach(async () => {
    redis = await startRedis();
    folder = mkdtempSync(join(tmpdir(), "tempograph-queue-"));
    folders.push(folder);
  });
  afterEach(async () => {
    for (const child of started.splice(0)) child.kill("SIGKILL");
    await redis.close();
  });

  function device(name: string, more: object = {}): string {
    const path = join(folder, `${name}.yaml`);
    const description = { name, kind: "board", reach: { by: "ssh", host: name, root: "/tempograph" }, clusters: [{ name: "all", cores: [0, 1] }] };
    writeFileSync(path, stringify({ ...description, engines: ["onnxruntime", "ncnn"], ...more }));
    return path;
  }

  function settings(devicePaths: readonly string[], repeats: number) {
    const planPath = join(folder, "plan.yaml");
    const plan = { name: "synthetic", engines: ["onnxruntime", "ncnn"], models: [{ zoo: "squeezenet-0" }], states: [{ name: "idle" }], repeats };
    writeFileSync(planPath, stringify(plan));
    return { url: redis.url, planPath, devicePaths, out: folder, remark: () => undefined };
  }

  function startWorker(devicePath: string, host: string, ...more: readonly string[]): SyntheticWorker {
    const script = join(bundle, "synthetic-worker.js");
    const child = spawn(process.execPath, [script, redis.url, devicePath, host, `${CELL_MS}`, `${LOCK_MS}`, ...more], { stdio: ["ignore", "pipe", "pipe"] });
    started.push(child);
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => void (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => void (err += chunk.toString()));
    const exited = new Promise<number | null>((resolve) => child.on("close", resolve));
    return { process: child, events: () => out.split("\n").filter((line) => line !== ""), remarks: () => err, exited };
  }

  const measured = (group = "board") => readPlanRows(join(folder, `synthetic.${group}.jsonl`)).filter((row) => row.kind === "failed");
  const places = () => measured().map(cellPlace);

  it("measures every cell once, whatever is enqueued and collected again", async () => {
    const plan = settings([device("a"), device("b")], 4);
    expect(await enqueue(plan)).toEqual(new Map([["board", 8]]));
    expect(await enqueue(plan)).toEqual(new Map([["board", 8]]));
    const workers = [startWorker(device("a"), "host-a"), startWorker(device("b"), "host-b")];
    expect(await Promise.all(workers.map(({ exited }) => exited))).toEqual([0, 0]);
    expect(await collect(plan)).toMatchObject([{ group: "board", rows: 8, open: 0, absent: [] }]);
    expect(await collect(plan)).toMatchObject([{ rows: 8 }]);
    expect(new Set(places()).size).toBe(8);
    expect(places()).toHaveLength(8);
    expect(await enqueue(plan)).toEqual(new Map([["board", 0]]));
  }, 180_000);

  it("gives the cell of a worker that was killed to another one: none is lost, none is there twice", async () => {
    const plan = settings([device("a"), device("b")], 5);
    await enqueue(plan);
    const victim = startWorker(device("a"), "host-a");
    await expect.poll(() => victim.events().filter((event) => event.startsWith("begin")).length, WAIT).toBe(2);
    victim.process.kill("SIGKILL");
    await victim.exited;
    const ended = victim.events().filter((event) => event.startsWith("end")).length;
    expect(ended).toBeLessThan(2);
    const heir = startWorker(device("b"), "host-b");
    expect(await heir.exited).toBe(0);
    expect(heir.events().at(-1)).toBe(`done ${10 - ended}`);
    expect(await collect(plan)).toMatchObject([{ rows: 10, open: 0 }]);
    expect(new Set(places()).size).toBe(10);
    expect(places()).toHaveLength(10);
  }, 180_000);

  it("does not take the row of a worker that was away so long that another one did its cell", async () => {
    const plan = settings([device("a"), device("b")], 1);
    await enqueue(plan);
    const sleeper = startWorker(device("a"), "host-a");
    await expect.poll(() => sleeper.events().length, WAIT).toBe(1);
    sleeper.process.kill("SIGSTOP");
    const heir = startWorker(device("b"), "host-b");
    expect(await heir.exited).toBe(0);
    expect(heir.events().at(-1)).toBe("done 2");
    sleeper.process.kill("SIGCONT");
    expect(await sleeper.exited).toBe(0);
    expect(sleeper.events().at(-1)).toBe("done 0");
    expect(sleeper.remarks()).toContain("another worker has taken it over");
    expect(await collect(plan)).toMatchObject([{ rows: 2, open: 0 }]);
    expect(measured().map((row) => row.device)).toEqual(["b", "b"]);
  }, 180_000);

  it("gives a cell back when its device goes away", async () => {
    const plan = settings([device("a"), device("b")], 2);
    await enqueue(plan);
    const dying = startWorker(device("a"), "host-a", "1");
    expect(await dying.exited).toBe(1);
    expect(dying.remarks()).toContain("a is gone");
    expect(await collect(plan)).toMatchObject([{ rows: 1, open: 3 }]);
    const other = startWorker(device("b"), "host-b");
    expect(await other.exited).toBe(0);
    expect(await collect(plan)).toMatchObject([{ rows: 4, open: 0 }]);
    expect(new Set(places()).size).toBe(4);
  }, 180_000);

  it("never measures two cells at once on one host, from whatever process", async () => {
    const plan = settings([device("a"), device("b")], 3);
    await enqueue(plan);
    const workers = [startWorker(device("a"), "one-host"), startWorker(device("b"), "one-host")];
    expect(await Promise.all(workers.map(({ exited }) => exited))).toEqual([0, 0]);
    const times = workers
      .flatMap(({ events }) => events())
      .filter((event) => !event.startsWith("done"))
      .map((event) => ({ what: event.split(" ")[0] ?? "", at: Number(event.split(" ")[1]) }))
      .toSorted((x, y) => x.at - y.at || (x.what === "end" ? -1 : 1));
    expect(times.map(({ what }) => what)).toEqual(Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? "begin" : "end")));
  }, 180_000);

  it("enqueues only what the file does not hold yet", async () => {
    const plan = settings([device("a")], 2);
    await enqueue(plan);
    await startWorker(device("a"), "host-a").exited;
    await collect(plan);
    await redis.close();
    redis = await startRedis();
    expect(await enqueue({ ...plan, url: redis.url })).toEqual(new Map([["board", 0]]));
  }, 180_000);

  it("refuses a device that is not the one that the plan was enqueued for", async () => {
    await enqueue(settings([device("a")], 1));
    const changed = device("a", { clusters: [{ name: "all", cores: [0] }] });
    const open = () => Promise.reject(new Error("must not be opened"));
    const options = { url: redis.url, devicePath: changed, stop: new AbortController().signal, remark: () => undefined, open };
    await expect(work(options)).rejects.toThrow(SettingsError);
  });

  it("gives up a cell that the program fails on, says so, and tries it again when it is enqueued again", async () => {
    const plan = settings([device("a", { engines: ["ncnn"] })], 1);
    await enqueue(plan);
    let faulty = true;
    const bench = {
      name: "a",
      host: "host-a",
      missing: new Map<never, never>(),
      restore: () => Promise.resolve(),
      measure: (cell: Parameters<typeof syntheticOutcome>[0]) => (faulty ? Promise.reject(new TypeError("a fault")) : Promise.resolve(syntheticOutcome(cell, "a"))),
      close: () => Promise.resolve(),
    };
    const options = { url: redis.url, devicePath: join(folder, "a.yaml"), stop: new AbortController().signal, remark: () => undefined, open: () => Promise.resolve(bench) };
    await expect(work(options)).rejects.toThrow("a fault");
    expect(await collect(plan)).toMatchObject([{ rows: 0, open: 1, absent: [expect.stringMatching(/1 cells were given up/)] }]);
    faulty = false;
    await enqueue(plan);
    expect(await work(options)).toBe(1);
    expect(await collect(plan)).toMatchObject([{ rows: 1, open: 0, absent: [] }]);
  }, 180_000);
});

it("says that Redis does not answer, and what to do, without its password", async () => {
  const port = await freePort();
  const path = join(mkdtempSync(join(tmpdir(), "tempograph-no-redis-")), "a.yaml");
  writeFileSync(path, stringify({ name: "a", reach: { by: "local" }, clusters: [{ name: "all", cores: [0] }], engines: ["ncnn"] }));
  const failed = work({ url: `redis://:secret@127.0.0.1:${port}`, devicePath: path, stop: new AbortController().signal, remark: () => undefined });
  await expect(failed).rejects.toThrow(new RegExp(`Redis at 127\\.0\\.0\\.1:${port} does not answer: .*REFUSED.*redis-server`));
  rmSync(path);
});
