import type { EngineKind } from "../engines/engine-kind.js";

/** A command line for this machine that runs another one on the device, with its pipes. */
export interface DeviceCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** How to reach a device: everything that measuring does there goes through here. */
export interface Device {
  readonly name: string;
  /** The interpreter of an engine there. Throws Error that says what to do where there is none. */
  python(kind: EngineKind): string;
  /** Path there of a script in the project's python/ folder. */
  script(name: string): string;
  command(argv: readonly string[], environment: Readonly<Record<string, string>>): DeviceCommand;
  /** Brings a folder of this machine there; its path there. The same folder travels once. */
  push(folder: string): Promise<string>;
  /** A small file there, or null where it is missing or may not be read. */
  read(path: string): Promise<string | null>;
  /** Names in a folder there, sorted; none where it is missing. */
  list(path: string): Promise<readonly string[]>;
  /** Whether a file there exists and may be written. */
  writable(path: string): Promise<boolean>;
}
