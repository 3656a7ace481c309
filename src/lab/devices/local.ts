import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { findEnginePython, pythonScript } from "../engines/python.js";
import type { Device } from "./device.js";
import { runCommand } from "./run-command.js";

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/** This machine. */
export const LOCAL_DEVICE: Device = {
  name: "local",
  isHere: true,
  python: findEnginePython,
  script: pythonScript,
  command: (argv, environment) => {
    const [command = "", ...args] = argv;
    return { command, args, environment };
  },
  run: ([command = "", ...args]) => runCommand(command, args),
  push: (folder) => Promise.resolve(folder),
  read: (path) => Promise.resolve(readOrNull(path)),
  list: (path) => Promise.resolve(existsSync(path) ? readdirSync(path).toSorted() : []),
  writable: (path) => Promise.resolve(canWrite(path)),
  close: () => Promise.resolve(),
};
