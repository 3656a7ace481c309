import { createHash } from "node:crypto";
import type { Device } from "../devices/device.js";
import type { EngineDescription } from "../engines/engine.js";

/** The machine and the engine that rows were measured on. What cannot be read is null and named in `missing`. */
export interface Machine {
  /** Hash of everything else. */
  readonly id: string;
  readonly cpu: string;
  readonly architecture: string;
  readonly cores: number;
  /** Widest vector extension: engines choose kernels and layouts by it. */
  readonly simd: "avx512" | "avx2" | "neon" | "other";
  /** Name (L1d, L2, ...) to size as the kernel writes it, of the model's core. */
  readonly caches: Readonly<Record<string, string>>;
  readonly memoryMiB: number;
  readonly kernel: string;
  /** True inside a virtual machine. */
  readonly hypervisor: boolean | null;
  readonly governor: string | null;
  readonly engine: string;
  readonly engineVersion: string;
  readonly threads: number;
  readonly core: number;
  readonly runtime: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
}

async function readText(device: Device, path: string): Promise<string | null> {
  return (await device.read(path))?.trim() ?? null;
}

async function readCaches(device: Device, core: number): Promise<Readonly<Record<string, string>>> {
  const folder = `/sys/devices/system/cpu/cpu${core}/cache`;
  const suffix: Readonly<Record<string, string>> = { Data: "d", Instruction: "i" };
  const caches: [string, string][] = [];
  for (const name of (await device.list(folder)).filter((entry) => entry.startsWith("index"))) {
    const read = (field: string) => readText(device, `${folder}/${name}/${field}`);
    const type = (await read("type")) ?? "";
    caches.push([`L${(await read("level")) ?? "?"}${suffix[type] ?? ""}`, (await read("size")) ?? "?"]);
  }
  return Object.fromEntries(caches);
}

function widestSimd(cpuinfo: string): Machine["simd"] {
  if (/\bavx512f\b/.test(cpuinfo)) return "avx512";
  if (/\bavx2\b/.test(cpuinfo) && /\bfma\b/.test(cpuinfo)) return "avx2";
  return /\b(asimd|neon)\b/.test(cpuinfo) ? "neon" : "other";
}

/** `uname -m` in Node's words. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: "x64", aarch64: "arm64", armv7l: "arm", i686: "ia32" };
const KIB_PER_256_MIB = 2 ** 18;

/** The description of a device and an engine on it; memory is rounded to 256 MiB so that the id survives a reboot. */
export async function describeMachine(engine: EngineDescription, device: Device): Promise<Machine> {
  const governor = await readText(device, `/sys/devices/system/cpu/cpu${engine.core}/cpufreq/scaling_governor`);
  const cpuinfo = await readText(device, "/proc/cpuinfo");
  const caches = await readCaches(device, engine.core);
  const sources = await device.list("/sys/bus/event_source/devices");
  const counters = sources.includes("cpu") || sources.includes("armv8_pmuv3");
  const missing = [
    ...(governor === null ? ["frequency"] : []),
    ...(counters ? [] : ["counters"]),
    ...(Object.keys(caches).length === 0 ? ["caches"] : []),
    ...((await device.read("/proc/self/schedstat")) === null ? ["runDelay"] : []),
    ...((await device.read("/proc/stat")) === null ? ["utilization"] : []),
  ];
  const memoryKiB = Number(/^MemTotal:\s+(\d+) kB/m.exec((await device.read("/proc/meminfo")) ?? "")?.[1] ?? 0);
  const uname = (await device.run(["uname", "-m"])).stdout.trim();
  const facts = {
    cpu: /^model name\s*:\s*(.+)$/m.exec(cpuinfo ?? "")?.[1]?.trim() ?? "unknown",
    architecture: ARCHITECTURES[uname] ?? uname,
    cores: (cpuinfo ?? "").match(/^processor\s*:/gm)?.length ?? 0,
    simd: widestSimd(cpuinfo ?? ""),
    caches,
    memoryMiB: Math.round(memoryKiB / KIB_PER_256_MIB) * 256,
    kernel: `Linux ${(await readText(device, "/proc/sys/kernel/osrelease")) ?? "?"}`,
    hypervisor: cpuinfo === null ? null : /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo),
    governor,
    engine: engine.engine,
    engineVersion: engine.engineVersion,
    threads: engine.threads,
    core: engine.core,
    runtime: engine.runtime,
    missing,
  };
  return { id: createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 12), ...facts };
}
