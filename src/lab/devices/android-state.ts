import type { HardwareState } from "../../features/state.js";
import { parseSnapshot } from "../../hardware/snapshot.js";
import { splitSections } from "../../hardware/formats/reading.js";
import type { Device } from "./device.js";
import { DeviceUnreachable } from "./device.js";

/** What an Android device says of itself over a window; null, or not there: it does not say. */
export interface AndroidReading {
  readonly state: HardwareState;
  readonly raw: {
    readonly windowMs: number;
    /** °C by the zone's own type, such as `cpu-1-0-usr`. */
    readonly temperatures: Readonly<Record<string, number>>;
    readonly battery: BatteryReading | null;
    /** Why fields of the state are missing, where that is known. */
    readonly reasons: Readonly<Record<string, string>>;
  };
}

/** As the system's files give it: µA and µV. The sign of the current is the vendor's; plugged in, it is not what is used. */
export interface BatteryReading {
  readonly currentUa: number | null;
  readonly voltageUv: number | null;
  readonly status: string | null;
}

const CPU_FILES = "/proc/stat /sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_cur_freq";
const ZONES = "/sys/class/thermal/thermal_zone";
const BATTERY = "/sys/class/power_supply/battery";
const OTHER_FILES = `${ZONES}*/type ${ZONES}*/temp ${BATTERY}/current_now ${BATTERY}/voltage_now ${BATTERY}/status`;
const EVENTS = "cpu-cycles,instructions,cpu-clock,raw-l1d-cache,raw-l2d-cache,raw-l3d-cache";
const MS_PER_S = 1000;

/** Prints files as `head` does for several; leaves out what is not there or may not be read. */
function printFiles(files: string): string {
  return `for f in ${files}; do t=$(cat "$f" 2>/dev/null) && printf '==> %s <==\\n%s\\n' "$f" "$t"; done; true`;
}

async function ask(device: Device, script: string): Promise<string> {
  const { code, stdout, stderr } = await device.run(["sh", "-c", script]);
  if (code !== 0) throw new DeviceUnreachable(`${device.name} cannot be read: ${stderr.trim()}`);
  return stdout;
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^-?\d+$/.test(text.trim()) ? Number(text) : null;
}

/** Zones count in thousandths of a degree, some in degrees; those that are off say nonsense and are left out. */
function celsius(text: string | undefined): number | null {
  const value = wholeNumber(text);
  if (value === null) return null;
  const degrees = Math.abs(value) >= MS_PER_S ? value / 1000 : value;
  return degrees > -40 && degrees < 200 ? degrees : null;
}

function temperaturesOf(files: ReadonlyMap<string, string>): Readonly<Record<string, number>> {
  const zones = [...files.keys()].filter((path) => path.startsWith(ZONES) && path.endsWith("/type"));
  return Object.fromEntries(
    zones.flatMap((path) => {
      const degrees = celsius(files.get(path.replace(/type$/, "temp")));
      return degrees === null ? [] : [[files.get(path)?.trim() ?? "", degrees] as const];
    }),
  );
}

function batteryOf(files: ReadonlyMap<string, string>): BatteryReading | null {
  const currentUa = wholeNumber(files.get(`${BATTERY}/current_now`));
  const voltageUv = wholeNumber(files.get(`${BATTERY}/voltage_now`));
  const status = files.get(`${BATTERY}/status`)?.trim() ?? null;
  return currentUa === null && voltageUv === null && status === null ? null : { currentUa, voltageUv, status };
}

/**
 * Watches some cores of an idle device for a while: /proc/stat before and after, simpleperf in between where the shell
 * may use it, then the clock, the thermal zones and the battery. Bandwidth and run delay are not told.
 *
 * @throws DeviceUnreachable where it does not answer
 */
export async function readAndroidState(device: Device, cores: readonly number[], windowMs: number): Promise<AndroidReading> {
  const seconds = windowMs / MS_PER_S;
  const before = await ask(device, printFiles(CPU_FILES));
  const counted = await ask(device, `simpleperf stat --csv --cpu ${cores.join(",")} -a -e ${EVENTS} --duration ${seconds} 2>&1 || sleep ${seconds}`);
  const after = await ask(device, printFiles(`${CPU_FILES} ${OTHER_FILES}`));
  const files = new Map(splitSections(after).map(({ path, text }) => [path ?? "", text]));
  const stat = (text: string) => splitSections(text).find(({ path }) => path === "/proc/stat")?.text ?? "";
  const clocks = [...files].filter(([path]) => path.endsWith("scaling_cur_freq")).map(([path, text]) => `==> ${path} <==\n${text}`);
  const text = [stat(before), stat(after), counted, ...clocks].join("\n");
  const recognised = stat(after) !== "" || clocks.length > 0;
  const { state, reasons } = recognised ? parseSnapshot("text", text, { cpus: cores }) : { state: {}, reasons: {} };
  return {
    state,
    raw: { windowMs, temperatures: temperaturesOf(files), battery: batteryOf(files), reasons: { ...reasons } },
  };
}
