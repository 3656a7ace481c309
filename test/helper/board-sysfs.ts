import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What cpufreq and the thermal zones of a small board show, by path under /sys: made up, in the kernel's formats. */
export function boardSysfs(cores: readonly number[]): Readonly<Record<string, string>> {
  const cpufreq = {
    scaling_governor: "schedutil\n",
    scaling_available_governors: "performance powersave schedutil\n",
    scaling_available_frequencies: "800000 1200000 1800000 2400000\n",
    scaling_min_freq: "800000\n",
    scaling_max_freq: "2400000\n",
    scaling_cur_freq: "1200000\n",
    cpuinfo_min_freq: "800000\n",
    cpuinfo_max_freq: "2400000\n",
    related_cpus: `${cores.join(" ")}\n`,
  };
  const clocks = cores.flatMap((core) => Object.entries(cpufreq).map(([name, text]) => [`devices/system/cpu/cpu${core}/cpufreq/${name}`, text]));
  const thermal = { "class/thermal/thermal_zone0/type": "cpu-thermal\n", "class/thermal/thermal_zone0/temp": "45000\n" };
  return { ...(Object.fromEntries(clocks) as Record<string, string>), ...thermal };
}

/** Writes a tree of files. */
export function writeTree(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** A tree's files with what is in them, without the white space around it: settings that are written have no line end. */
export function readTree(root: string): ReadonlyMap<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(files.map(({ parentPath, name }) => join(parentPath, name)).toSorted().map((path) => [path, readFileSync(path, "utf8").trim()]));
}
