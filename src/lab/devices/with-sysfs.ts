import type { Device } from "./device.js";

const SYS = "/sys";

/** The same device with its /sys elsewhere: a container that mounts its host's, or files that stand for a board's. */
export function withSysfs(device: Device, sysfs: string): Device {
  const there = (path: string) => (path === SYS || path.startsWith(`${SYS}/`) ? sysfs + path.slice(SYS.length) : path);
  return {
    name: device.name,
    isHere: device.isHere,
    python: (kind) => device.python(kind),
    script: (name) => device.script(name),
    command: (argv, environment) => device.command(argv.map(there), environment),
    run: (argv) => device.run(argv.map(there)),
    push: (folder) => device.push(folder),
    read: (path) => device.read(there(path)),
    list: (path) => device.list(there(path)),
    writable: (path) => device.writable(there(path)),
    close: () => device.close(),
  };
}
