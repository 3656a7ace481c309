import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { EngineKind } from "../engines/engine-kind.js";
import type { Device, DeviceCommand, RunResult } from "./device.js";
import { DeviceUnreachable } from "./device.js";
import { runCommand } from "./run-command.js";
import { shellWord } from "./shell-word.js";

export interface SshReach {
  /** `host` or `user@host`, as ssh takes it. */
  readonly host: string;
  /** An ssh configuration file for port, key and the like; the user's own where it is left out. */
  readonly config?: string | undefined;
  /** The checkout of the project there, with the environments of its engines. */
  readonly root: string;
}

const CONNECT_TIMEOUT_S = 10;
/** ssh's own exit code, whatever the command's may be. */
const SSH_FAILED = 255;

function advice(words: string): string {
  if (/permission denied/i.test(words)) return "put your key into ~/.ssh/authorized_keys there, or name another one in the ssh configuration";
  if (/host key verification failed/i.test(words)) return "connect once by hand and compare the host's key";
  if (/connection refused|timed out|no route/i.test(words)) return "is it on, in this network, and does sshd run there?";
  if (/could not resolve/i.test(words)) return "the name is not known here: use its address";
  return "try `ssh` by hand";
}

/** A Linux machine behind sshd. All commands share one connection, which close() ends. */
export class SshDevice implements Device {
  readonly isHere = false;
  private readonly sockets = mkdtempSync(join(tmpdir(), "tg-ssh-"));
  private readonly options: readonly string[];

  private constructor(
    readonly name: string,
    private readonly reach: SshReach,
  ) {
    const shared = ["ControlMaster=auto", `ControlPath=${join(this.sockets, "%C")}`, "ControlPersist=60"];
    const settings = [...shared, "BatchMode=yes", `ConnectTimeout=${CONNECT_TIMEOUT_S}`].flatMap((option) => ["-o", option]);
    this.options = ["-T", ...(reach.config === undefined ? [] : ["-F", reach.config]), ...settings];
  }

  /** Connects. Throws DeviceUnreachable with ssh's own words and what to do. */
  static async connect(name: string, reach: SshReach): Promise<SshDevice> {
    const device = new SshDevice(name, reach);
    const { code, stderr } = await device.run(["test", "-d", device.script("")]);
    if (code === 0) return device;
    await device.close();
    if (code === 1) throw new DeviceUnreachable(`${reach.host} has no checkout in ${reach.root}: clone the project there and run scripts/lab-setup.sh`);
    const words = stderr.trim();
    throw new DeviceUnreachable(`ssh ${reach.host}: ${words}: ${advice(words)}`);
  }

  python(kind: EngineKind): string {
    return `${this.reach.root}/${kind.environment}/bin/python`;
  }

  script(name: string): string {
    return `${this.reach.root}/python/${name}`;
  }

  command(argv: readonly string[], environment: Readonly<Record<string, string>>): DeviceCommand {
    const assignments = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    // exec: the program itself, not a shell, gets the end of its input when the connection breaks.
    const line = ["exec", "env", ...assignments, ...argv].map((word, i) => (i === 0 ? word : shellWord(word))).join(" ");
    return { command: "ssh", args: [...this.options, this.reach.host, line], environment: {} };
  }

  run(argv: readonly string[]): Promise<RunResult> {
    const { command, args } = this.command(argv, {});
    return runCommand(command, args);
  }

  async push(folder: string): Promise<string> {
    const target = `${this.reach.root}/.cache/pushed/${basename(folder)}`;
    if ((await this.run(["test", "-d", target])).code === 0) return target;
    const unfinished = `${target}.unfinished`;
    const script = `rm -rf ${shellWord(unfinished)} && mkdir -p ${shellWord(unfinished)} && tar -x -C ${shellWord(unfinished)} && mv ${shellWord(unfinished)} ${shellWord(target)}`;
    const tar = spawn("tar", ["-c", "-C", folder, "."], { stdio: ["ignore", "pipe", "ignore"] });
    const { command, args } = this.command(["sh", "-c", script], {});
    const { code, stderr } = await runCommand(command, args, tar.stdout);
    if (code === 0) return target;
    const full = /no space left/i.test(stderr) ? ": make room there, for instance in .cache/pushed" : "";
    throw new DeviceUnreachable(`cannot copy to ${this.reach.host}: ${stderr.trim()}${code === SSH_FAILED ? `: ${advice(stderr)}` : full}`);
  }

  async read(path: string): Promise<string | null> {
    const { code, stdout } = await this.run(["cat", path]);
    return code === 0 ? stdout : null;
  }

  async list(path: string): Promise<readonly string[]> {
    const { stdout } = await this.run(["ls", path]);
    return stdout.split("\n").filter((name) => name !== "").toSorted();
  }

  async writable(path: string): Promise<boolean> {
    return (await this.run(["test", "-w", path])).code === 0;
  }

  async close(): Promise<void> {
    await runCommand("ssh", ["-O", "exit", ...this.options, this.reach.host]);
    rmSync(this.sockets, { recursive: true, force: true });
  }
}
