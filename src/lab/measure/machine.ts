import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import os from "node:os";
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

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}

function readCaches(core: number): Readonly<Record<string, string>> {
  const folder = `/sys/devices/system/cpu/cpu${core}/cache`;
  if (!existsSync(folder)) return {};
  const suffix: Readonly<Record<string, string>> = { Data: "d", Instruction: "i" };
  const entries = readdirSync(folder)
    .filter((name) => name.startsWith("index"))
    .toSorted()
    .map((name): [string, string] => {
      const type = readText(`${folder}/${name}/type`) ?? "";
      return [`L${readText(`${folder}/${name}/level`) ?? "?"}${suffix[type] ?? ""}`, readText(`${folder}/${name}/size`) ?? "?"];
    });
  return Object.fromEntries(entries);
}

function widestSimd(cpuinfo: string): Machine["simd"] {
  if (/\bavx512f\b/.test(cpuinfo)) return "avx512";
  if (/\bavx2\b/.test(cpuinfo) && /\bfma\b/.test(cpuinfo)) return "avx2";
  return /\b(asimd|neon)\b/.test(cpuinfo) ? "neon" : "other";
}

/** Reads this machine's description; memory is rounded to 256 MiB so that the id survives a reboot. */
export function describeMachine(engine: EngineDescription): Machine {
  const governor = readText(`/sys/devices/system/cpu/cpu${engine.core}/cpufreq/scaling_governor`);
  const cpuinfo = readText("/proc/cpuinfo");
  const caches = readCaches(engine.core);
  const counters = existsSync("/sys/bus/event_source/devices/cpu") || existsSync("/sys/bus/event_source/devices/armv8_pmuv3");
  const missing = [
    ...(governor === null ? ["frequency"] : []),
    ...(counters ? [] : ["counters"]),
    ...(Object.keys(caches).length === 0 ? ["caches"] : []),
    ...(existsSync("/proc/self/schedstat") ? [] : ["runDelay"]),
    ...(existsSync("/proc/stat") ? [] : ["utilization"]),
  ];
  const facts = {
    cpu: os.cpus()[0]?.model.trim() ?? "unknown",
    architecture: os.arch(),
    cores: os.cpus().length,
    simd: widestSimd(cpuinfo ?? ""),
    caches,
    memoryMiB: Math.round(os.totalmem() / 2 ** 28) * 256,
    kernel: `${os.type()} ${os.release()}`,
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
