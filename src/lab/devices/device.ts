import type { EngineKind } from "../engines/engine-kind.js";

/** A command line for this machine that runs another one on the device, with its pipes. */
export interface DeviceCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface RunResult {
  /** Null where a signal ended it, or where it could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to reach a device: everything that measuring does there goes through here. */
export interface Device {
  readonly name: string;
  /** True for the machine that this program runs on, which it should then stay off. */
  readonly isHere: boolean;
  /** The interpreter of an engine there. Throws Error that says what to do where there is none. */
  python(kind: EngineKind): string;
  /** Path there of a script in the project's python/ folder. */
  script(name: string): string;
  command(argv: readonly string[], environment: Readonly<Record<string, string>>): DeviceCommand;
  /** Runs a short command there. Never throws. */
  run(argv: readonly string[]): Promise<RunResult>;
  /** Brings a folder of this machine there; its path there. A folder of the same name travels once. */
  push(folder: string): Promise<string>;
  /** A small file there, or null where it is missing or may not be read. */
  read(path: string): Promise<string | null>;
  /** Names in a folder there, sorted; none where it is missing. */
  list(path: string): Promise<readonly string[]>;
  /** Whether a file there exists and may be written. */
  writable(path: string): Promise<boolean>;
  close(): Promise<void>;
}

/** The device does not answer; the message says what was tried, what came back, and what to do. */
export class DeviceUnreachable extends Error {
  override readonly name = "DeviceUnreachable";
}
