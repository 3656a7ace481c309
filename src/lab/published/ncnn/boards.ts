import type { NcnnRun } from "./table.js";

/** Systems on a chip, and machines, that several entries of the table share: what is left out together. */
const SHARED: readonly (readonly [group: string, pattern: RegExp])[] = [
  ["RK3566 and RK3568", /RK356[68]/i],
  ["RK3399", /RK3399/i],
  ["RK3328 and RK3228H", /RK3328|RK3228H/i],
  ["BCM2837 and BCM2710", /BCM2837|BCM2710/i],
  ["Kunpeng 920", /kunpeng 920/i],
  ["Snapdragon 855", /SM8150/],
  ["desktop of 2023-10-12", /Desktop\[2023-10-12\]/],
];

/** The group that a run's board is of: its chip where others have it too, or else itself. */
export function boardGroup({ device }: Pick<NcnnRun, "device">): string {
  return SHARED.find(([, pattern]) => pattern.test(device))?.[0] ?? device;
}

export const CORE_KINDS = ["gpu", "little", "x86", "loongson and sunway", "other"] as const;
export type CoreKind = (typeof CORE_KINDS)[number];

const X86 = /Intel|AMD |Xeon|AWS|D64s|D64as/;
const LOONGSON_OR_SUNWAY = /Loongson|Sunway/;
const WIDE_CORTEX = /Cortex-A(15|17|57|7\d)\b/;
const NARROW = /Cortex-A ?(5|7|53|55)\b|RK356[68]|RISC|riscv|C906|U74/i;
/** ncnn's `powersave` for the little cores. */
const LITTLE_CORES = 1;

/** The kind of what a run ran on, by its heading and cores: narrow in-order ones, x86, others. */
export function coreKind({ device, gpuDevice, powersave }: Pick<NcnnRun, "device" | "gpuDevice" | "powersave">): CoreKind {
  if (gpuDevice >= 0) return "gpu";
  if (X86.test(device)) return "x86";
  if (LOONGSON_OR_SUNWAY.test(device)) return "loongson and sunway";
  if (powersave === LITTLE_CORES) return "little";
  return NARROW.test(device) && !WIDE_CORTEX.test(device) ? "little" : "other";
}
