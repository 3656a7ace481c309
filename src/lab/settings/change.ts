import type { Device } from "../devices/device.js";
import { writeSystemFile } from "../devices/write-file.js";

/** A file of the system, and what is to be in it. */
export interface Setting {
  readonly path: string;
  readonly value: string;
}

/** Writes that depend on each other (the lowest frequency is refused above the highest) take in some order. */
const ROUNDS = 3;

/** What a file was written for and does not hold. */
export interface Refused {
  readonly path: string;
  readonly wanted: string;
  /** Null where the file is not there or may not be read. */
  readonly found: string | null;
  /** The system's words, or that it took the value and holds another one. */
  readonly reason: string;
}

export async function readSetting(device: Device, path: string): Promise<string | null> {
  return (await device.read(path))?.trim() ?? null;
}

/** Writes every file until it holds what it should; those that do not, and why. */
export async function writeSettings(device: Device, settings: readonly Setting[]): Promise<readonly Refused[]> {
  let refused: Refused[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const words = new Map<string, string>();
    for (const { path, value } of settings) {
      if ((await readSetting(device, path)) === value) continue;
      const problem = await writeSystemFile(device, path, value);
      if (problem !== null) words.set(path, problem);
    }
    refused = [];
    for (const { path, value: wanted } of settings) {
      const found = await readSetting(device, path);
      if (found !== wanted) refused.push({ path, wanted, found, reason: words.get(path) ?? "written, but the system keeps another value" });
    }
    if (refused.length === 0) return refused;
  }
  return refused;
}

/** For people: what was refused, why, and what to do. */
export function describeRefused({ path, wanted, found, reason }: Refused): string {
  const advice = /permission denied|read-only|not permitted/i.test(reason)
    ? "it may be written by root alone: run as root there, or let this user write it"
    : "another program may be setting it too, such as a power daemon or a thermal limit";
  return `${path} cannot be set to ${wanted} (it holds ${found ?? "nothing"}): ${reason}: ${advice}`;
}
