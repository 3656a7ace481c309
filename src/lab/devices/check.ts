import type { Device } from "./device.js";
import type { Cluster, DeviceDescription } from "./device-file.js";
import type { EngineName } from "../engines/index.js";

/** One thing that was looked at on a device. */
export interface Finding {
  readonly what: string;
  /** "missing": rows will say so. "wrong": measuring will not work as the file says. */
  readonly verdict: "works" | "missing" | "wrong";
  readonly detail: string;
  /** What to do about it; empty where there is nothing to do. */
  readonly advice: string;
}

const CPU = "/sys/devices/system/cpu";
const KHZ_PER_MHZ = 1000;
/** Turbo steps and rounding; more is another cluster than the file means. */
const FREQUENCY_TOLERANCE = 0.02;
/** Up to this level perf counts what whole cores do without privileges. */
const MAX_PARANOID = 0;
const ROOT = "0";

const works = (what: string, detail: string): Finding => ({ what, verdict: "works", detail, advice: "" });
const missing = (what: string, detail: string, advice: string): Finding => ({ what, verdict: "missing", detail, advice });
const wrong = (what: string, detail: string, advice: string): Finding => ({ what, verdict: "wrong", detail, advice });

async function checkCluster(device: Device, { name, cores, maxFrequencyMHz }: Cluster): Promise<readonly Finding[]> {
  const what = `cluster ${name}`;
  const present = await device.list(CPU);
  const absent = cores.filter((core) => !present.includes(`cpu${core}`));
  if (absent.length > 0) return [wrong(what, `no core ${absent.join(", ")}`, "correct the file's cores")];
  const offline: number[] = [];
  for (const core of cores) {
    if ((await device.read(`${CPU}/cpu${core}/online`))?.trim() === "0") offline.push(core);
  }
  if (offline.length > 0) {
    return [wrong(what, `core ${offline.join(", ")} is offline`, `echo 1 > ${CPU}/cpuN/online, as root, or leave it out`)];
  }
  const [first = 0] = cores;
  const found = works(what, `cores ${cores.join(", ")}`);
  const told = await device.read(`${CPU}/cpu${first}/cpufreq/cpuinfo_max_freq`);
  if (told === null || maxFrequencyMHz === undefined) return [found];
  const actual = Number(told) / KHZ_PER_MHZ;
  if (Math.abs(actual / maxFrequencyMHz - 1) <= FREQUENCY_TOLERANCE) return [found];
  return [found, wrong(`${what} frequency`, `at most ${actual} MHz, not ${maxFrequencyMHz}`, "correct the file's maxFrequencyMHz")];
}

async function checkFrequency(device: Device, cores: readonly number[]): Promise<Finding> {
  const [core = 0] = cores;
  const folder = `${CPU}/cpu${core}/cpufreq`;
  const governor = await device.read(`${folder}/scaling_governor`);
  if (governor === null) return missing("frequency", "no cpufreq", "virtual machines have none: measure on the machine itself");
  const limit = `${folder}/scaling_max_freq`;
  if (await device.writable(limit)) return works("frequency", `can be read and set; governor ${governor.trim()}`);
  return missing("frequency", `can be read, not set; governor ${governor.trim()}`, "run as root to set it");
}

/** Android has no perf, but simpleperf, which its shell may use where the system was told so. */
async function checkSimpleperf(device: Device): Promise<Finding> {
  const { code, stderr } = await device.run(["simpleperf", "stat", "--csv", "-e", "cpu-clock", "--duration", "0.1", "-a"]);
  if (code === 0) return works("counters", "simpleperf");
  const [reason = ""] = stderr.trim().split("\n").slice(-1);
  return missing("counters", `simpleperf: ${reason}`, "adb shell setprop security.perf_harden 0; older systems have no simpleperf: push the NDK's");
}

async function checkCounters(device: Device): Promise<Finding> {
  const sources = await device.list("/sys/bus/event_source/devices");
  const pmu = sources.find((name) => /^(cpu|cpu_core|armv\d_\w+)$/.test(name));
  if (pmu === undefined) return missing("counters", "no hardware counters", "virtual machines often hide them: measure on the machine itself");
  const paranoid = Number((await device.read("/proc/sys/kernel/perf_event_paranoid")) ?? Number.NaN);
  const privileged = (await device.run(["id", "-u"])).stdout.trim() === ROOT;
  if (paranoid <= MAX_PARANOID || privileged) return works("counters", `${pmu}, perf_event_paranoid ${paranoid}`);
  return missing("counters", `perf_event_paranoid is ${paranoid}`, `as root: sysctl kernel.perf_event_paranoid=${MAX_PARANOID}`);
}

async function checkFile(device: Device, what: string, path: string, advice: string): Promise<Finding> {
  return (await device.read(path)) === null ? missing(what, `no ${path}`, advice) : works(what, path);
}

async function checkThermal(device: Device): Promise<Finding> {
  const zones = (await device.list("/sys/class/thermal")).filter((name) => name.startsWith("thermal_zone"));
  if (zones.length === 0) return missing("temperature", "no thermal zones", "");
  return works("temperature", `${zones.length} thermal zones`);
}

async function checkEnergy(device: Device): Promise<Finding> {
  const rapl = (await device.list("/sys/class/powercap")).find((name) => /^intel-rapl:\d+$/.test(name));
  if (rapl === undefined) {
    const battery = "/sys/class/power_supply/battery/current_now";
    return (await device.read(battery)) === null ? missing("energy", "no RAPL, no battery current", "") : works("energy", battery);
  }
  const readable = (await device.read(`/sys/class/powercap/${rapl}/energy_uj`)) !== null;
  return readable ? works("energy", rapl) : missing("energy", `${rapl} may not be read`, `as root: chmod a+r /sys/class/powercap/${rapl}/energy_uj`);
}

/**
 * Looks at everything that measuring uses on a device: nothing is changed, and what is missing has its own advice.
 *
 * @param engineProblem why an engine cannot run there and what to do, or null
 */
export async function checkDevice(
  device: Device,
  { reach, clusters, engines }: DeviceDescription,
  engineProblem: (name: EngineName) => Promise<string | null>,
): Promise<readonly Finding[]> {
  if ((await device.read("/proc/version")) === null) {
    return [wrong("reach", `${device.name} does not answer like a Linux system`, "measuring needs Linux or Android")];
  }
  const findings: Finding[] = [works("reach", device.name)];
  for (const cluster of clusters) findings.push(...(await checkCluster(device, cluster)));
  const cores = clusters.flatMap((cluster) => cluster.cores);
  findings.push(await checkFrequency(device, cores));
  findings.push(await checkFile(device, "utilization", "/proc/stat", "the system hides it from this user"));
  findings.push(await checkFile(device, "run delay", "/proc/self/schedstat", "the kernel is built without CONFIG_SCHED_INFO"));
  findings.push(await (reach.by === "adb" ? checkSimpleperf(device) : checkCounters(device)));
  findings.push(await checkThermal(device));
  findings.push(await checkEnergy(device));
  if (cores.length < 2) {
    findings.push(missing("memory traffic", "one core only", "traffic needs a core that the model does not use"));
  }
  for (const engine of engines) {
    const problem = await engineProblem(engine);
    findings.push(problem === null ? works(`engine ${engine}`, "installed") : wrong(`engine ${engine}`, problem, ""));
  }
  return findings;
}
