import type { Device } from "../devices/device.js";
import type { Setting } from "./change.js";

/** What a plan's state asks of the clock. */
export interface AskedClock {
  readonly frequencyMHz?: number | undefined;
  readonly governor?: string | undefined;
}

/** Cores that share a clock, as cpufreq shows them. Frequencies in kHz, as the kernel writes them. */
export interface CpufreqPolicy {
  readonly folder: string;
  readonly cores: string;
  readonly governor: string;
  /** Null where the system does not list them. */
  readonly governors: readonly string[] | null;
  readonly lowestKHz: number;
  readonly highestKHz: number;
  /** Null for drivers that take any frequency in between. */
  readonly stepsKHz: readonly number[] | null;
}

const CPU = "/sys/devices/system/cpu";
const KHZ_PER_MHZ = 1000;
/** An asked frequency this near to a step of the clock means that step. */
const STEP_TOLERANCE = 0.02;

/** Why a device cannot be brought into the state that was asked for, and what to do. */
export class CannotSet extends Error {
  override readonly name = "CannotSet";
}

async function readPolicy(device: Device, core: number): Promise<CpufreqPolicy> {
  // The same files as those of the policy that the core belongs to, on kernels that show no policies too.
  const folder = `${CPU}/cpu${core}/cpufreq`;
  const read = async (name: string) => (await device.read(`${folder}/${name}`))?.trim() ?? null;
  const governor = await read("scaling_governor");
  if (governor === null) {
    throw new CannotSet(`core ${core} has no cpufreq, so its clock cannot be set: virtual machines and containers have none; measure on the machine itself`);
  }
  const words = async (name: string) => (await read(name))?.split(/\s+/).filter((word) => word !== "") ?? null;
  const steps = (await words("scaling_available_frequencies"))?.map(Number) ?? null;
  return {
    folder,
    cores: (await read("related_cpus")) ?? (await read("affected_cpus")) ?? String(core),
    governor,
    governors: await words("scaling_available_governors"),
    lowestKHz: Number(await read("cpuinfo_min_freq")),
    highestKHz: Number(await read("cpuinfo_max_freq")),
    stepsKHz: steps === null || steps.length === 0 ? null : steps,
  };
}

/** The clocks of these cores, each once. Throws CannotSet where a core has none. */
export async function readPolicies(device: Device, cores: readonly number[]): Promise<readonly CpufreqPolicy[]> {
  const policies = new Map<string, CpufreqPolicy>();
  for (const core of cores) {
    const policy = await readPolicy(device, core);
    if (!policies.has(policy.cores)) policies.set(policy.cores, policy);
  }
  return [...policies.values()];
}

function chooseKHz({ cores, lowestKHz, highestKHz, stepsKHz }: CpufreqPolicy, frequencyMHz: number): number {
  const asked = Math.round(frequencyMHz * KHZ_PER_MHZ);
  const near = (kHz: number) => Math.abs(kHz / asked - 1) <= STEP_TOLERANCE;
  if (stepsKHz !== null) {
    const nearest = stepsKHz.reduce((best, step) => (Math.abs(step - asked) < Math.abs(best - asked) ? step : best));
    if (near(nearest)) return nearest;
    const steps = stepsKHz.toSorted((a, b) => a - b).map((kHz) => kHz / KHZ_PER_MHZ);
    throw new CannotSet(`the clock of cores ${cores} has no step near ${frequencyMHz} MHz: ask for one of ${steps.join(", ")}`);
  }
  if (asked >= lowestKHz && asked <= highestKHz) return asked;
  const range = `${lowestKHz / KHZ_PER_MHZ} to ${highestKHz / KHZ_PER_MHZ} MHz`;
  throw new CannotSet(`the clock of cores ${cores} goes from ${range}: ask for a frequencyMHz between them, not ${frequencyMHz}`);
}

/**
 * The files to write, and what into them, for a clock as asked. A frequency is held by making it the lowest and the
 * highest one that the governor may choose.
 *
 * @throws CannotSet for a governor or a frequency that this clock does not have
 */
export function clockSettings(policy: CpufreqPolicy, { frequencyMHz, governor }: AskedClock): readonly Setting[] {
  const settings: Setting[] = [];
  if (governor !== undefined) {
    if (policy.governors !== null && !policy.governors.includes(governor)) {
      throw new CannotSet(`cores ${policy.cores} have no governor ${governor}: ask for one of ${policy.governors.join(", ")}`);
    }
    settings.push({ path: `${policy.folder}/scaling_governor`, value: governor });
  }
  if (frequencyMHz !== undefined) {
    const value = String(chooseKHz(policy, frequencyMHz));
    settings.push({ path: `${policy.folder}/scaling_max_freq`, value }, { path: `${policy.folder}/scaling_min_freq`, value });
  }
  return settings;
}

/**
 * What is lost on the way and must be remembered beside what is written: the userspace governor forgets its speed when
 * another one takes over.
 */
export function alsoChanged({ folder, governor }: CpufreqPolicy): readonly string[] {
  return governor === "userspace" ? [`${folder}/scaling_setspeed`] : [];
}
