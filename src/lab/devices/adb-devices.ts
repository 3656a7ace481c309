/** One line of `adb devices`. */
export interface AdbEntry {
  readonly serial: string;
  /** `device` where it can be used; else such as `unauthorized`, `offline`, `no permissions`. */
  readonly state: string;
}

const ENTRY = /^(\S+)\s+(no permissions|[a-z]+)\b/;

/** What `adb devices -l` lists, without what the server says while it starts. */
export function parseAdbDevices(output: string): readonly AdbEntry[] {
  const lines = output.split(/\r?\n/);
  const heading = lines.findIndex((line) => line.startsWith("List of devices attached"));
  if (heading === -1) return [];
  return lines.slice(heading + 1).flatMap((line) => {
    const [, serial, state] = ENTRY.exec(line) ?? [];
    return serial === undefined || state === undefined ? [] : [{ serial, state }];
  });
}

const ADVICE: ReadonlyMap<string, string> = new Map([
  [
    "unauthorized",
    'unlock it and confirm "Allow USB debugging"; where it does not ask, revoke the authorisations in its developer options and plug it in again',
  ],
  ["authorizing", "it is being asked whether this machine may use it: try again in a moment"],
  ["connecting", "it is still connecting: try again in a moment"],
  ["offline", "plug it in again, or run `adb reconnect`; where that does not help, `adb kill-server` and switch USB debugging off and on"],
  [
    "no permissions",
    "this user may not use the USB device: install udev rules for it (Debian: android-sdk-platform-tools-common), join the group plugdev, and run `adb kill-server`",
  ],
  ["recovery", "it runs its recovery system: `adb reboot`"],
  ["rescue", "it runs its recovery system: `adb reboot`"],
  ["sideload", "it waits for an update: `adb reboot`"],
  ["bootloader", "it is in its bootloader: `fastboot reboot`"],
]);

const NOT_THERE =
  "plug it in with a cable that carries data and switch on USB debugging in its developer options; one in the network needs `adb connect HOST:PORT` first";

/** Why a device cannot be used and what to do about it, or null where it can. */
export function adbProblem(entries: readonly AdbEntry[], wanted: string): string | null {
  const entry = entries.find(({ serial }) => serial === wanted);
  if (entry === undefined) {
    const others = entries.map(({ serial }) => serial).join(", ");
    return `adb has no device ${wanted}, but ${others === "" ? "none at all" : others}: ${NOT_THERE}`;
  }
  if (entry.state === "device") return null;
  return `${wanted} is ${entry.state}: ${ADVICE.get(entry.state) ?? "see `adb devices`"}`;
}
