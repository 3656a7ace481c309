import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { LoopbackSshd } from "../../../test/helper/sshd.js";
import { sshdLacks, startSshd } from "../../../test/helper/sshd.js";
import { engineProblem } from "../engines/index.js";
import { PROJECT_ROOT } from "../engines/python.js";
import { readPlanRows } from "../plans/describe-rows.js";
import { runPlan } from "../plans/run-plan.js";
import { checkDeviceFile } from "./index.js";
import { LOCAL_DEVICE } from "./local.js";
import { SshDevice } from "./ssh.js";

/** After which a visit has begun, and lasts. */
const UNDER_WAY_MS = 1500;

const lacking = sshdLacks();
const noEngine = await engineProblem(LOCAL_DEVICE, "onnxruntime");
const noConversion = await engineProblem(LOCAL_DEVICE, "mnn");
const folder = mkdtempSync(join(tmpdir(), "tempograph-ssh-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(lacking !== null)(`SshDevice (a real sshd on loopback; ${lacking ?? "present"})`, () => {
  let sshd: LoopbackSshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.close());

  const connect = (root = PROJECT_ROOT) => SshDevice.connect("board", { host: "board", config: sshd.config, root });

  function deviceFile(name: string, root: string): string {
    const path = join(folder, `${name}.yaml`);
    const reach = { by: "ssh", host: "board", config: sshd.config, root };
    writeFileSync(path, stringify({ name, reach, clusters: [{ name: "all", cores: [0] }], engines: ["onnxruntime", "mnn"] }));
    return path;
  }

  it("runs commands there word for word, and tells their exit codes", async () => {
    const device = await connect();
    const words = ["a b", "it's", '"$HOME"', "*", "a\nb", ""];
    expect((await device.run(["printf", "%s|", ...words])).stdout).toBe(words.map((word) => `${word}|`).join(""));
    expect((await device.run(["sh", "-c", "echo no >&2; exit 3"]))).toMatchObject({ code: 3, stderr: "no\n" });
    await device.close();
  });

  it("reads, lists and looks at files there", async () => {
    const device = await connect();
    expect(await device.read("/proc/version")).toBe(readFileSync("/proc/version", "utf8"));
    expect(await device.read(join(folder, "nowhere"))).toBeNull();
    writeFileSync(join(folder, "file"), "x");
    expect(await device.list(folder)).toContain("file");
    expect(await device.list(join(folder, "nowhere"))).toEqual([]);
    expect([await device.writable(join(folder, "file")), await device.writable(join(folder, "nowhere"))]).toEqual([true, false]);
    await device.close();
  });

  it("copies a folder there once", async () => {
    const root = join(folder, "root");
    mkdirSync(join(root, "python"), { recursive: true });
    const source = join(folder, "abc123");
    mkdirSync(source);
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
    writeFileSync(join(source, "model.bin"), bytes);
    const device = await connect(root);
    const there = await device.push(source);
    expect(there).toBe(join(root, ".cache/pushed/abc123"));
    expect(readFileSync(join(there, "model.bin")).equals(bytes)).toBe(true);
    writeFileSync(join(there, "model.bin"), "untouched");
    await device.push(source);
    expect(readFileSync(join(there, "model.bin"), "utf8")).toBe("untouched");
    await device.close();
  });

  it("says what is wrong, and what to do", async () => {
    await expect(connect(join(folder, "nowhere"))).rejects.toThrow(/no checkout in .*nowhere/);
    const config = join(folder, "other_config");
    writeFileSync(config, readFileSync(sshd.config, "utf8").replace(/IdentityFile .*/, `IdentityFile ${join(folder, "no_key")}`));
    const locked = SshDevice.connect("board", { host: "board", config, root: PROJECT_ROOT });
    await expect(locked).rejects.toThrow(/Permission denied.*authorized_keys/s);
    writeFileSync(config, readFileSync(sshd.config, "utf8").replace(/Port \d+/, "Port 1"));
    const off = SshDevice.connect("board", { host: "board", config, root: PROJECT_ROOT });
    await expect(off).rejects.toThrow(/refused.*does sshd run there/s);
  });

  it("is checked like any other", async () => {
    const findings = await checkDeviceFile(deviceFile("checked", PROJECT_ROOT));
    expect(findings).toContainEqual(expect.objectContaining({ what: "cluster all", verdict: "works" }));
    expect(findings).toContainEqual(expect.objectContaining({ what: "utilization", verdict: "works" }));
    const [unreachable] = await checkDeviceFile(deviceFile("unreachable", join(folder, "nowhere")));
    expect(unreachable).toMatchObject({ what: "reach", verdict: "wrong" });
  }, 60_000);

  const PLAN = {
    name: "remote",
    models: [{ zoo: "squeezenet-0" }],
    states: [{ name: "idle" }, { name: "busy", utilization: 0.5 }],
    protocol: { warmup: 1, runs: 3, settleMs: 100, windowMs: 300, maxSpread: 100, maxDrift: 100, loadWindowMs: 100, loadCorrections: 0 },
  };

  function planFile(plan: object): string {
    const path = join(folder, "plan.yaml");
    writeFileSync(path, stringify({ ...PLAN, ...plan }));
    return path;
  }

  it.skipIf(noEngine !== null || noConversion !== null)(`measures a plan there (${noEngine ?? noConversion ?? "present"})`, async () => {
    process.env["TEMPOGRAPH_CACHE"] = folder;
    const out = join(folder, "remote.jsonl");
    const planPath = planFile({ engines: ["onnxruntime", "mnn"] });
    const devicePath = deviceFile("remote", PROJECT_ROOT);
    const report = await runPlan({ planPath, devicePath, out, stop: new AbortController().signal, remark: () => undefined });
    expect(report).toMatchObject({ rows: 4, open: 0 });
    const measured = readPlanRows(out).filter((row) => row.kind === "measured");
    expect(measured.map(({ device, engine, state }) => `${device} ${engine} ${state}`)).toEqual([
      "remote onnxruntime idle",
      "remote mnn idle",
      "remote onnxruntime busy",
      "remote mnn busy",
    ]);
    const busy = measured.at(-1);
    expect(busy?.before.raw.utilizationGenerator?.cpuShare).toBeGreaterThan(0.01);
    expect(busy?.before.state.utilization).toBeGreaterThan(0.3);
    rmSync(join(PROJECT_ROOT, ".cache/pushed"), { recursive: true, force: true });
  }, 120_000);

  it.skipIf(noEngine !== null)(`leaves a cell open when the device goes away (${noEngine ?? "present"})`, async () => {
    const mortal = await startSshd();
    const devicePath = join(folder, "mortal.yaml");
    const reach = { by: "ssh", host: "board", config: mortal.config, root: PROJECT_ROOT };
    writeFileSync(devicePath, stringify({ name: "mortal", reach, clusters: [{ name: "all", cores: [0] }], engines: ["onnxruntime"] }));
    const planPath = planFile({ engines: ["onnxruntime"], states: [{ name: "idle" }], protocol: { ...PLAN.protocol, runs: 100_000 } });
    const out = join(folder, "mortal.jsonl");
    const run = runPlan({ planPath, devicePath, out, stop: new AbortController().signal, remark: () => undefined });
    const lost = expect(run).rejects.toThrow(/mortal is gone/);
    await expect.poll(() => existsSync(out), { timeout: 30_000 }).toBe(true);
    await sleep(UNDER_WAY_MS);
    mortal.cut();
    await lost;
    expect(readPlanRows(out).map(({ kind }) => kind)).toEqual(["plan"]);
    mortal.close();
  }, 60_000);
});
