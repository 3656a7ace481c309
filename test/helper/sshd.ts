import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.js";

const SSHD = "/usr/sbin/sshd";
const STARTS_WITHIN_MS = 5000;

/** A real sshd on loopback with keys and configuration of its own. */
export interface LoopbackSshd {
  /** For `ssh -F`; the host is called `board`. */
  readonly config: string;
  readonly folder: string;
  /** Ends it and every connection, as if the device lost its power. */
  cut(): void;
  close(): void;
}

/** Why no sshd can be started here, or null where one can. */
export function sshdLacks(): string | null {
  if (!existsSync(SSHD)) return `no ${SSHD} (Debian: openssh-server)`;
  try {
    execFileSync("ssh", ["-V"], { stdio: "ignore" });
    return null;
  } catch {
    return "no ssh";
  }
}

function childrenOf(pid: number): readonly number[] {
  const { stdout } = spawnSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" });
  return stdout.split(/\s+/).filter((word) => word !== "").map(Number);
}

export async function startSshd(): Promise<LoopbackSshd> {
  const folder = mkdtempSync(join(tmpdir(), "tempograph-sshd-"));
  const port = await freePort();
  for (const key of ["host_key", "user_key"]) execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, key)]);
  execFileSync("cp", [join(folder, "user_key.pub"), join(folder, "authorized_keys")]);
  const settings = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${join(folder, "host_key")}`,
    `AuthorizedKeysFile ${join(folder, "authorized_keys")}`,
    `PidFile ${join(folder, "sshd.pid")}`,
    "PasswordAuthentication no",
    "StrictModes no",
    "UsePAM no",
  ];
  writeFileSync(join(folder, "sshd_config"), `${settings.join("\n")}\n`);
  // Where it separates privileges it wants this folder, which a service manager would make.
  if (userInfo().uid === 0) mkdirSync("/run/sshd", { recursive: true });
  const server = spawn(SSHD, ["-D", "-e", "-f", join(folder, "sshd_config")], { stdio: "ignore" });
  const config = join(folder, "ssh_config");
  const client = [`Port ${port}`, `IdentityFile ${join(folder, "user_key")}`, `UserKnownHostsFile ${join(folder, "known_hosts")}`];
  const lines = ["Host board", "HostName 127.0.0.1", ...client, "IdentitiesOnly yes", "StrictHostKeyChecking accept-new", "LogLevel ERROR"];
  writeFileSync(config, `${lines.join("\n")}\n`);
  const deadline = performance.now() + STARTS_WITHIN_MS;
  while (!existsSync(join(folder, "sshd.pid"))) {
    if (performance.now() > deadline || server.exitCode !== null) throw new Error("sshd did not start");
    await sleep(20);
  }
  const cut = () => {
    if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    for (const pid of [...childrenOf(server.pid), server.pid]) process.kill(pid, "SIGKILL");
  };
  const close = () => {
    cut();
    rmSync(folder, { recursive: true, force: true });
  };
  return { config, folder, cut, close };
}
