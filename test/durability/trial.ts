import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { boardSysfs, readTree, writeTree } from "../helper/board-sysfs.js";

/** A folder that everything of a trial is in, and that the processes it starts are known by. */
export interface Trial {
  readonly folder: string;
  readonly plan: string;
  readonly device: string;
  readonly sysfs: string;
  /** The command line's file, compiled. */
  readonly cli: string;
}

export interface Ended {
  /** Null where it was killed. */
  readonly code: number | null;
  readonly said: string;
  readonly ms: number;
}

const SCRIPTS = /(load_generator|engine_runner|meter_reader)\.py/;
const PLAN = {
  name: "durability",
  engines: ["onnxruntime"],
  states: [
    { name: "idle" },
    { name: "busy", utilization: 0.3, frequencyMHz: 1200 },
    { name: "traffic", trafficGBs: 0.5, frequencyMHz: 1800, governor: "performance" },
  ],
  protocol: { warmup: 1, runs: 3, settleMs: 700, windowMs: 300, loadWindowMs: 100, loadCorrections: 1, maxSpread: 1000, maxDrift: 1000 },
};

export interface TrialOptions {
  readonly cli: string;
  readonly root: string;
  readonly models: readonly object[];
  readonly repeats: number;
  /** The ssh configuration of a host called `board`; null to measure on this machine without ssh. */
  readonly sshConfig: string | null;
}

/** Lays out a plan and its device, whose cpufreq is a tree of files, since hardly any test machine has one to set. */
export function layOut(folder: string, { cli, root, models, repeats, sshConfig }: TrialOptions): Trial {
  const sysfs = join(folder, "sys");
  writeTree(sysfs, boardSysfs([0, 1]));
  mkdirSync(join(folder, "cache"), { recursive: true });
  // Through a link of its own, so that processes on the other side are known by it.
  const link = join(folder, "checkout");
  if (!existsSync(link)) symlinkSync(root, link);
  const reach = sshConfig === null ? { by: "local" } : { by: "ssh", host: "board", config: sshConfig, root: link };
  const device = join(folder, "device.yaml");
  writeFileSync(device, stringify({ name: "board", reach, sysfs, clusters: [{ name: "all", cores: [0, 1] }], engines: ["onnxruntime"] }));
  const plan = join(folder, "plan.yaml");
  writeFileSync(plan, stringify({ ...PLAN, device, models, repeats }));
  return { folder, plan, device, sysfs, cli };
}

/** Runs the command line, killed with SIGKILL after so long where a time is given. */
export async function tempograph({ cli, folder }: Trial, args: readonly string[], killAfterMs?: number): Promise<Ended> {
  const started = performance.now();
  const env = { ...process.env, TEMPOGRAPH_CACHE: join(folder, "cache") };
  const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "pipe"], env });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => void (said += chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  const code = await exit;
  clearTimeout(timer);
  return { code, said, ms: performance.now() - started };
}

export function measure(trial: Trial, out: string, killAfterMs?: number): Promise<Ended> {
  return tempograph(trial, ["measure", "--plan", trial.plan, "--out", out], killAfterMs);
}

function readProcess(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

/** Command lines of the trial's engines and generators that still run, on either side of ssh. */
export function stillRunning({ folder }: Trial): readonly string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    const command = readProcess(pid, "cmdline").replaceAll("\0", " ");
    const ours = SCRIPTS.test(command) && !command.startsWith("ssh ") && (command.includes(folder) || readProcess(pid, "environ").includes(folder));
    return ours ? [command] : [];
  });
}

const PATIENCE_MS = 5000;
const LOOK_EVERY_MS = 50;

/** Waits until none runs any more; how long that took, and what is left when patience ends. */
export async function goneAfter(trial: Trial): Promise<{ readonly ms: number; readonly left: readonly string[] }> {
  const started = performance.now();
  for (;;) {
    const left = stillRunning(trial);
    const ms = performance.now() - started;
    if (left.length === 0 || ms > PATIENCE_MS) return { ms, left };
    await sleep(LOOK_EVERY_MS);
  }
}

/** Whether the device's files are as they were in the beginning. */
export function isAsBefore({ sysfs }: Trial): boolean {
  const now = readTree(sysfs);
  return Object.entries(boardSysfs([0, 1])).every(([path, text]) => now.get(join(sysfs, path)) === text.trim());
}

/** Files that say that settings are still changed. */
export function journalsLeft({ folder }: Trial): readonly string[] {
  const settings = join(folder, "cache", "settings");
  return existsSync(settings) ? readdirSync(settings) : [];
}

/** The cells that a file has rows of, with their kinds, sorted; a cell that is there twice is twice in it. */
export function cellsIn(out: string): readonly string[] {
  const lines = readFileSync(out, "utf8").trimEnd().split("\n");
  const rows = lines.map((line) => JSON.parse(line) as Readonly<Record<string, string | number>>);
  return rows
    .filter(({ kind }) => kind === "measured" || kind === "failed")
    .map((row) => ["kind", "model", "engine", "placement", "state", "repeat"].map((name) => row[name]).join(" "))
    .toSorted();
}
