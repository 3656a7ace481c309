import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { fakeRegistry } from "../../test/helper/fake-registry.js";
import { freePort } from "../../test/helper/free-port.js";
import { run } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "tempograph-farm-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, value: object): string {
  const path = join(folder, name);
  writeFileSync(path, stringify(value));
  return path;
}

const plan = write("plan.yaml", { name: "some", engines: ["ncnn"], models: [{ zoo: "squeezenet-0" }], states: [{ name: "idle" }] });
const board = { clusters: [{ name: "all", cores: [0] }], engines: ["ncnn"] };
const phones = ["one", "two"].map((name) => write(`${name}.yaml`, { name, reach: { by: "adb", serial: name, programs: {} }, ...board }));

async function cli(...args: readonly string[]) {
  let out = "";
  let err = "";
  const code = await run(["farm", ...args], {
    input: Readable.from([]),
    print: (text) => void (out += `${text}\n`),
    remark: (text) => void (err += `${text}\n`),
    environment: {},
    loadRegistry: () => Promise.resolve(fakeRegistry()),
    stopped: () => new Promise(() => undefined),
  });
  return { code, out, err };
}

describe("tempograph farm", () => {
  it.each<[string, readonly string[], RegExp]>([
    ["no plan", ["--devices", "a.yaml"], /farm needs --plan FILE/],
    ["no devices", ["--plan", "p.yaml"], /farm needs --devices FILE/],
    ["an action that it has not", ["dance", "--redis", "redis://x"], /enqueue, work and collect, not dance/],
    ["no Redis", ["work", "--device", "a.yaml"], /farm needs --redis URL/],
    ["no device", ["work", "--redis", "redis://x"], /farm needs --device FILE/],
    ["a device file that is not there", ["--plan", "p.yaml", "--devices", "/no/such.yaml"], /such\.yaml: .*ENOENT/],
  ])("refuses a command line with %s", async (_, args, message) => {
    const { code, err } = await cli(...args);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  it("takes several devices after one option, and says of each why it took no part", async () => {
    process.env["TEMPOGRAPH_ADB"] = join(folder, "no-adb");
    const { code, out, err } = await cli("--devices", ...phones, "--plan", plan, "--out", folder);
    Reflect.deleteProperty(process.env, "TEMPOGRAPH_ADB");
    expect(code).toBe(1);
    expect(out).toMatch(/^one +0 +1 .*some\.one\.jsonl\ntwo +0 +1 .*some\.two\.jsonl$/m);
    expect(err).toMatch(/one: .*no-adb cannot be run.*\ntwo: .*no-adb cannot be run/);
    expect(err).toContain("2 rows of the plan are not there yet");
    expect(existsSync(join(folder, "some.one.jsonl"))).toBe(true);
  });

  it("says that Redis does not answer", async () => {
    const { code, err } = await cli("enqueue", "--plan", plan, "--devices", ...phones, "--redis", `redis://127.0.0.1:${await freePort()}`);
    expect(err).toMatch(/Redis at 127\.0\.0\.1:\d+ does not answer/);
    expect(code).toBe(1);
  });
});
