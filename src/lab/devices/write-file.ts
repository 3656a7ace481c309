import type { Device } from "./device.js";

/** Only what is there: a shell would make a file of that name elsewhere than in /sys. */
const WRITE = '[ -e "$2" ] || { echo "no $2" >&2; exit 1; }; printf %s "$1" > "$2"';

/** Writes a file of the system that exists. Null where that worked, or else the system's words. */
export async function writeSystemFile(device: Device, path: string, text: string): Promise<string | null> {
  const { code, stderr } = await device.run(["sh", "-c", WRITE, "sh", text, path]);
  return code === 0 ? null : stderr.trim() || `exit code ${code ?? "none"}`;
}
