import type { Device } from "../devices/device.js";

/** Something of a device that tells energy or power, by files that are read while it works. */
export interface Meter {
  readonly source: "rapl" | "hwmon" | "battery";
  readonly name: string;
  /** `energy`: a counter. `power`: watts at the moment, or what makes them up. */
  readonly kind: "energy" | "power";
  readonly files: readonly string[];
  /** Joules or watts of what the files hold, in their order. */
  readonly value: (contents: readonly number[]) => number;
  /** Joules at which a counter starts at 0 again; null where it does not, or is not told. */
  readonly wrapsAt: number | null;
}

export interface Meters {
  readonly meters: readonly Meter[];
  /** Why a meter that is there, or all, cannot be read, and what to do. */
  readonly problems: readonly string[];
}

const POWERCAP = "/sys/class/powercap";
const HWMON = "/sys/class/hwmon";
const SUPPLIES = "/sys/class/power_supply";
const MICRO = 1e-6;
const MILLI = 1e-3;

const first = ([value = Number.NaN]: readonly number[]) => value;
const number = (text: string | null) => (text === null || text.trim() === "" ? Number.NaN : Number(text));

/** Whole processor packages: their parts (core, uncore, dram) have a second number in their names. */
async function findRapl(device: Device, problems: string[]): Promise<readonly Meter[]> {
  const meters: Meter[] = [];
  for (const domain of (await device.list(POWERCAP)).filter((name) => /^intel-rapl:\d+$/.test(name))) {
    const folder = `${POWERCAP}/${domain}`;
    const file = `${folder}/energy_uj`;
    if (Number.isNaN(number(await device.read(file)))) {
      problems.push(`${file} may not be read: as root, chmod a+r ${file}`);
      continue;
    }
    const name = ((await device.read(`${folder}/name`)) ?? domain).trim();
    const range = number(await device.read(`${folder}/max_energy_range_uj`)) * MICRO;
    meters.push({ source: "rapl", name, kind: "energy", files: [file], value: (c) => first(c) * MICRO, wrapsAt: range > 0 ? range : null });
  }
  return meters;
}

/** Sensors on the board: an energy counter (µJ), power (µW), or what an INA measures it by, current (mA) and voltage (mV). */
async function findHwmon(device: Device): Promise<readonly Meter[]> {
  const meters: Meter[] = [];
  for (const entry of await device.list(HWMON)) {
    const folder = `${HWMON}/${entry}`;
    const files = await device.list(folder);
    const chip = ((await device.read(`${folder}/name`)) ?? entry).trim();
    for (const file of files) {
      const [, quantity = "", channel = ""] = /^(energy|power|curr)(\d+)_input$/.exec(file) ?? [];
      const voltage = `in${channel}_input`;
      const better = quantity === "curr" ? files.includes(`power${channel}_input`) || !/^ina/.test(chip) || !files.includes(voltage) : false;
      const counted = quantity === "power" && files.includes(`energy${channel}_input`);
      if (quantity === "" || better || counted || Number.isNaN(number(await device.read(`${folder}/${file}`)))) continue;
      const prefix = quantity === "curr" ? "in" : quantity;
      const label = (await device.read(`${folder}/${prefix}${channel}_label`))?.trim() ?? `${quantity}${channel}`;
      const common = { source: "hwmon", name: `${chip} ${label}`, wrapsAt: null } as const;
      if (quantity === "curr") {
        const paths = [`${folder}/${file}`, `${folder}/${voltage}`];
        meters.push({ ...common, kind: "power", files: paths, value: ([mA = Number.NaN, mV = Number.NaN]) => mA * mV * MILLI * MILLI });
      } else {
        meters.push({ ...common, kind: quantity === "energy" ? "energy" : "power", files: [`${folder}/${file}`], value: (c) => first(c) * MICRO });
      }
    }
  }
  return meters;
}

/** A battery that is being drained; its sign differs by vendor. The kernel's units are µA and µV. */
async function findBatteries(device: Device, problems: string[]): Promise<readonly Meter[]> {
  const meters: Meter[] = [];
  for (const name of await device.list(SUPPLIES)) {
    const folder = `${SUPPLIES}/${name}`;
    if ((await device.read(`${folder}/type`))?.trim() !== "Battery") continue;
    const files = [`${folder}/current_now`, `${folder}/voltage_now`];
    const values = await Promise.all(files.map((file) => device.read(file)));
    if (values.some((text) => Number.isNaN(number(text)))) continue;
    const status = (await device.read(`${folder}/status`))?.trim() ?? "unknown";
    if (status !== "Discharging") {
      problems.push(`${name} is not being drained (${status}): unplug the device and reach it over the network`);
      continue;
    }
    meters.push({ source: "battery", name, kind: "power", files, value: ([uA = Number.NaN, uV = Number.NaN]) => Math.abs(uA * uV) * MICRO * MICRO, wrapsAt: null });
  }
  return meters;
}

/** Everything on a device that tells its energy or power, and why what is there cannot be used. */
export async function findMeters(device: Device): Promise<Meters> {
  const problems: string[] = [];
  const meters = [...(await findRapl(device, problems)), ...(await findHwmon(device)), ...(await findBatteries(device, problems))];
  if (meters.length === 0 && problems.length === 0) problems.push("no RAPL, no power sensor in hwmon and no battery is shown");
  return { meters, problems };
}
