import { setTimeout as sleep } from "node:timers/promises";
import type { Device } from "../devices/device.js";

export interface ThermalZone {
  /** Its number, as in thermal_zone3. */
  readonly zone: string;
  /** What the system calls it. */
  readonly type: string;
}

export interface Temperature extends ThermalZone {
  readonly celsius: number;
}

const THERMAL = "/sys/class/thermal";
const MILLI = 1000;
/** Zones that are switched off, or that hold a limit rather than a temperature, show values outside of this. */
const PLAUSIBLE = { from: 1, to: 150 } as const;
/** Zones near the processor, by the names that vendors give them. */
const NEAR_CPU = /cpu|soc|pkg|package|cluster|core|big|little|acpitz|k10temp|tsens|gpu-thermal/i;

async function readZone(device: Device, zone: ThermalZone): Promise<Temperature | null> {
  const text = await device.read(`${THERMAL}/${zone.zone}/temp`);
  const celsius = text === null || !/^-?\d+\s*$/.test(text) ? Number.NaN : Number(text) / MILLI;
  return celsius >= PLAUSIBLE.from && celsius <= PLAUSIBLE.to ? { ...zone, celsius } : null;
}

/**
 * The zones of a device that tell a temperature: those near the processor, or all where no name says which these are;
 * none on a machine that shows none.
 */
export async function findZones(device: Device): Promise<readonly ThermalZone[]> {
  const zones: ThermalZone[] = [];
  for (const zone of (await device.list(THERMAL)).filter((name) => name.startsWith("thermal_zone"))) {
    const found = { zone, type: ((await device.read(`${THERMAL}/${zone}/type`)) ?? "").trim() };
    if ((await readZone(device, found)) !== null) zones.push(found);
  }
  const near = zones.filter(({ type }) => NEAR_CPU.test(type));
  return near.length > 0 ? near : zones;
}

/** What these zones tell now; one that does not answer is left out. */
export async function readTemperatures(device: Device, zones: readonly ThermalZone[]): Promise<readonly Temperature[]> {
  const temperatures: Temperature[] = [];
  for (const zone of zones) {
    const temperature = await readZone(device, zone);
    if (temperature !== null) temperatures.push(temperature);
  }
  return temperatures;
}

export function hottest(temperatures: readonly Temperature[]): Temperature | null {
  return temperatures.reduce<Temperature | null>((most, each) => (most === null || each.celsius > most.celsius ? each : most), null);
}

export interface CoolDown {
  readonly waitedMs: number;
  /** The hottest zone when the wait ended. */
  readonly hottest: Temperature;
  /** False where it was still too hot when the patience ended. */
  readonly within: boolean;
}

export interface CoolDownLimits {
  readonly maxTemperatureC: number;
  readonly maxCoolDownMs: number;
}

const LOOK_EVERY_MS = 1000;

/** Waits while any zone is hotter than it may be. Null where there was nothing to wait for. */
export async function coolDown(
  read: () => Promise<readonly Temperature[]>,
  { maxTemperatureC, maxCoolDownMs }: CoolDownLimits,
  stop: AbortSignal,
  everyMs = LOOK_EVERY_MS,
): Promise<CoolDown | null> {
  const started = performance.now();
  for (let looks = 0; ; looks++) {
    const most = hottest(await read());
    const within = most === null || most.celsius <= maxTemperatureC;
    if (most === null || (within && looks === 0)) return null;
    const waitedMs = Math.round(performance.now() - started);
    if (within || waitedMs >= maxCoolDownMs || stop.aborted) return { waitedMs, hottest: most, within };
    await sleep(Math.min(everyMs, maxCoolDownMs - waitedMs));
  }
}
