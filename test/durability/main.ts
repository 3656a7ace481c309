import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { sshdLacks, startSshd } from "../helper/sshd.js";
import type { KillReport } from "./kills.js";
import { killAtRandom } from "./kills.js";
import { layOut } from "./trial.js";

const USAGE = `usage: npm run lab:kill-trial -- [--kills 10] [--seed 1] [--repeats 2] [--by local,ssh]

Kills \`tempograph measure\` at random moments and starts it again, on this machine and over ssh to a sshd on loopback,
with ONNX Runtime. The device's cpufreq is a tree of files. Prints the verdict; exit code 1 where anything was wrong.
`;

function verdict(by: string, { cells, kills, faults }: KillReport): string {
  const changed = kills.filter(({ whileChanged }) => whileChanged).length;
  const slowest = Math.max(...kills.map(({ goneAfterMs }) => goneAfterMs));
  const result = faults.length === 0 ? "PASSED" : `FAILED (${faults.length} faults)`;
  return `${by}: ${result}: ${kills.length} kills, ${changed} of them while settings were changed; ${cells.length} cells; processes gone within ${slowest} ms`;
}

async function trial(by: string, kills: number, seed: number, repeats: number): Promise<KillReport> {
  const folder = mkdtempSync(join(tmpdir(), "tempograph-kill-"));
  const sshd = by === "ssh" ? await startSshd() : null;
  try {
    const models = [{ zoo: "squeezenet-0" }, { zoo: "mobilenetv2-0" }];
    const root = process.cwd();
    const laid = layOut(folder, { cli: resolve("dist/cli/main.js"), root, models, repeats, sshConfig: sshd?.config ?? null });
    return await killAtRandom(laid, kills, seed, (text) => process.stderr.write(`${by}: ${text}\n`));
  } finally {
    sshd?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    repeats: { type: "string", default: "2" },
    by: { type: "string", default: "local,ssh" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) process.stderr.write(USAGE);
else {
  for (const by of values.by.split(",")) {
    const lacking = by === "ssh" ? sshdLacks() : null;
    if (lacking !== null) {
      process.stdout.write(`${by}: NOT RUN: ${lacking}\n`);
      process.exitCode = 1;
      continue;
    }
    const report = await trial(by, Number(values.kills), Number(values.seed), Number(values.repeats));
    process.stdout.write(`${verdict(by, report)}\n`);
    if (report.faults.length > 0) process.exitCode = 1;
  }
}
