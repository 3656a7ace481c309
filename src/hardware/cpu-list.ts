import { StateError } from "./state-error.js";

const MAX_CPU = 4095;

/** Core numbers out of a list as taskset and sysfs write it: `0-3,6`. Throws StateError("cpus"). */
export function parseCpuList(text: string): readonly number[] {
  const cpus = new Set<number>();
  for (const part of text.split(",")) {
    const range = /^\s*(\d{1,4})(?:-(\d{1,4}))?\s*$/.exec(part);
    const first = Number(range?.[1] ?? Number.NaN);
    const last = Number(range?.[2] ?? first);
    if (!(first <= last) || last > MAX_CPU) {
      throw new StateError("cpus", `"${text}" is not a list of cores such as 0-3,6.`);
    }
    for (let cpu = first; cpu <= last; cpu++) cpus.add(cpu);
  }
  return [...cpus].sort((a, b) => a - b);
}
