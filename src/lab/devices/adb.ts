import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { EngineKind } from "../engines/engine-kind.js";
import { adbProblem, parseAdbDevices } from "./adb-devices.js";
import type { Device, DeviceCommand, RunResult } from "./device.js";
import { DeviceUnreachable } from "./device.js";
import { runCommand } from "./run-command.js";
import { shellWord } from "./shell-word.js";

/** The only folder from which Android lets a shell's user run programs. */
export const ANDROID_ROOT = "/data/local/tmp/tempograph";

/** A device that hangs is one that is gone. Longer than any benchmark may take there. */
const TIMEOUT_MS = 900_000;
/** Any that is neither 0 nor 1, which an adb gives that cannot tell the command's. */
const EXIT_CODE = 3;

type Root = "none" | "adbd" | "su";

function adbProgram(): string {
  const chosen = process.env["TEMPOGRAPH_ADB"];
  return chosen === undefined || chosen === "" ? "adb" : chosen;
}

/** An Android device behind adb: $TEMPOGRAPH_ADB, or the `adb` on the path. It has no Python, so no engine of the other devices'. */
export class AdbDevice implements Device {
  readonly isHere = false;
  private root: Root | null = null;

  private constructor(
    readonly name: string,
    private readonly serial: string,
    private readonly adb: string,
  ) {}

  /** Throws DeviceUnreachable that says what is wrong with the device, or with adb, and what to do. */
  static async connect(name: string, serial: string): Promise<AdbDevice> {
    const adb = adbProgram();
    const { code, stdout, stderr } = await runCommand(adb, ["devices", "-l"], undefined, TIMEOUT_MS);
    if (code === null) {
      throw new DeviceUnreachable(`${adb} cannot be run (${stderr}): install Android's platform tools (Debian: adb), or name the program in TEMPOGRAPH_ADB`);
    }
    if (code !== 0) throw new DeviceUnreachable(`${adb} devices: ${stderr.trim()}: does another adb server hold its port? \`adb kill-server\``);
    const problem = adbProblem(parseAdbDevices(stdout), serial);
    if (problem !== null) throw new DeviceUnreachable(problem);
    const device = new AdbDevice(name, serial, adb);
    const exit = await device.run(["sh", "-c", `exit ${EXIT_CODE}`]);
    if (exit.code === EXIT_CODE) return device;
    if (exit.code === 0) throw new DeviceUnreachable(`${serial} does not tell how a command ended: measuring needs Android 7 or newer, and its own adb`);
    throw new DeviceUnreachable(`${serial} gives no shell: ${exit.stderr.trim()}: see \`adb devices\``);
  }

  python(kind: EngineKind): string {
    throw new Error(`${this.name} is an Android device: ${kind.title} runs there as its own benchmark program`);
  }

  script(name: string): string {
    throw new Error(`${this.name} is an Android device, without Python for ${name}`);
  }

  command(argv: readonly string[], environment: Readonly<Record<string, string>>): DeviceCommand {
    const assignments = Object.entries(environment).map(([variable, value]) => `${variable}=${value}`);
    const words = assignments.length === 0 ? argv : ["env", ...assignments, ...argv];
    return { command: this.adb, args: ["-s", this.serial, "shell", words.map(shellWord).join(" ")], environment: {} };
  }

  run(argv: readonly string[]): Promise<RunResult> {
    const { command, args } = this.command(argv, {});
    return runCommand(command, args, undefined, TIMEOUT_MS);
  }

  /** The same device with every command run as root, where adbd or a su lets one; as it is where none does. */
  asRoot(): Device {
    return {
      name: this.name,
      isHere: false,
      python: (kind) => this.python(kind),
      script: (name) => this.script(name),
      command: (argv, environment) => this.command(argv, environment),
      run: (argv) => this.runAsRoot(argv),
      push: (folder) => this.push(folder),
      read: (path) => this.read(path),
      list: (path) => this.list(path),
      writable: (path) => this.writable(path),
      close: () => this.close(),
    };
  }

  push(folder: string): Promise<string> {
    return this.pushFiles(readdirSync(folder).toSorted().map((name) => join(folder, name)), basename(folder));
  }

  /** Brings files of this machine, or whole folders, into one folder there, once under one name; its path there. */
  async pushFiles(paths: readonly string[], name: string): Promise<string> {
    const target = `${ANDROID_ROOT}/${name}`;
    if ((await this.run(["test", "-d", target])).code === 0) return target;
    const unfinished = `${target}.unfinished`;
    const made = await this.run(["sh", "-c", `rm -rf ${shellWord(unfinished)} && mkdir -p ${shellWord(unfinished)}`]);
    const copied = made.code === 0 ? await this.adbCommand(["push", ...paths, `${unfinished}/`]) : made;
    const moved = copied.code === 0 ? await this.run(["mv", unfinished, target]) : copied;
    if (moved.code === 0) return target;
    const words = `${moved.stderr}\n${moved.stdout}`.trim();
    const advice = /no space left/i.test(words) ? `make room there: \`adb -s ${this.serial} shell rm -r ${ANDROID_ROOT}\`` : "is it still plugged in?";
    throw new DeviceUnreachable(`cannot copy to ${this.name}: ${words}: ${advice}`);
  }

  async read(path: string): Promise<string | null> {
    const { code, stdout } = await this.run(["cat", path]);
    return code === 0 ? stdout : null;
  }

  async list(path: string): Promise<readonly string[]> {
    const { code, stdout } = await this.run(["ls", path]);
    return code === 0 ? stdout.split(/\r?\n/).filter((name) => name !== "").toSorted() : [];
  }

  /** Whether root may write it, which is who writes here. */
  async writable(path: string): Promise<boolean> {
    return (await this.runAsRoot(["test", "-w", path])).code === 0;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private adbCommand(args: readonly string[]): Promise<RunResult> {
    return runCommand(this.adb, ["-s", this.serial, ...args], undefined, TIMEOUT_MS);
  }

  private async runAsRoot(argv: readonly string[]): Promise<RunResult> {
    this.root ??= await this.findRoot();
    return this.run(this.root === "su" ? ["su", "-c", argv.map(shellWord).join(" ")] : argv);
  }

  private async findRoot(): Promise<Root> {
    if ((await this.run(["id", "-u"])).stdout.trim() === "0") return "adbd";
    return (await this.run(["su", "-c", "id -u"])).stdout.trim() === "0" ? "su" : "none";
  }
}
