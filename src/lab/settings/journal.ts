import { createHash } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import Type, { type Static } from "typebox";
import Value from "typebox/value";
import { cacheRoot } from "../cache-root.js";
import type { DeviceDescription } from "../devices/device-file.js";
import { isAlive } from "../measure/lock.js";
import { SettingsError } from "../settings-file.js";
import type { Setting } from "./change.js";

const JournalFile = Type.Object({
  device: Type.String(),
  /** Of the process on this machine that changed the settings. */
  pid: Type.Integer({ minimum: 1 }),
  at: Type.String(),
  /** What was there before, to be written back. */
  originals: Type.Array(Type.Object({ path: Type.String({ pattern: "^/" }), value: Type.String() })),
});
type JournalFile = Static<typeof JournalFile>;

/** The same device by another name is the same device. */
function keyOf({ reach, sysfs }: DeviceDescription, folder: string): string {
  const way = reach.by === "ssh" && reach.config !== undefined ? { ...reach, config: resolve(folder, reach.config) } : reach;
  return createHash("sha256").update(JSON.stringify([way, sysfs ?? null])).digest("hex").slice(0, 12);
}

/**
 * What a device's settings were before they were changed, in a file on the machine that measures. It is written before
 * the first setting is, and removed when all are back, so a file that is there tells of a run that did not end.
 */
export class SettingsJournal {
  private constructor(
    readonly path: string,
    private readonly device: string,
  ) {}

  /** @param folder of the device file: what it names is relative to it */
  static of(device: DeviceDescription, folder: string): SettingsJournal {
    return new SettingsJournal(join(cacheRoot(), "settings", `${keyOf(device, folder)}.json`), device.name);
  }

  /**
   * What an earlier run left changed, as it was before; nothing where there was none.
   *
   * @throws SettingsError where a run that is alive has changed it, or where the file cannot be understood
   */
  leftOver(): readonly Setting[] {
    const file = this.read();
    if (file === null) return [];
    if (file.pid !== process.pid && isAlive(file.pid)) {
      throw new SettingsError(`process ${file.pid} has changed settings of ${this.device} and is still running: wait for it to end`);
    }
    return file.originals;
  }

  /** Remembers these; of a path that is known already the first value stays. On the disk when this returns. */
  remember(originals: readonly Setting[]): void {
    const known = this.read()?.originals ?? [];
    const added = originals.filter(({ path }) => !known.some((old) => old.path === path));
    const file: JournalFile = { device: this.device, pid: process.pid, at: new Date().toISOString(), originals: [...known, ...added] };
    mkdirSync(dirname(this.path), { recursive: true });
    const unfinished = `${this.path}.unfinished`;
    const handle = openSync(unfinished, "w");
    try {
      writeSync(handle, `${JSON.stringify(file, null, 2)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(unfinished, this.path);
  }

  clear(): void {
    rmSync(this.path, { force: true });
  }

  private read(): JournalFile | null {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch {
      return null;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      value = null;
    }
    if (Value.Check(JournalFile, value)) return value;
    throw new SettingsError(`${this.path} should hold the earlier settings of ${this.device} and cannot be understood: set them by hand and delete it`);
  }
}
