import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { FAKE_TARGET, fakeRegistry, OTHER_FAKE_TARGET } from "../../test/helper/fake-registry.js";
import { convFile, dynamicFile, unknownFile } from "../../test/helper/models.js";
import type { CliContext } from "./context.js";
import { run } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "tempograph-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const MODEL = file("conv.onnx", convFile());

async function cli(args: readonly string[], overrides: Partial<CliContext> = {}) {
  let out = "";
  let err = "";
  const code = await run(args, {
    input: Readable.from([]),
    print: (text) => void (out += `${text}\n`),
    remark: (text) => void (err += `${text}\n`),
    environment: {},
    loadRegistry: () => Promise.resolve(fakeRegistry()),
    stopped: () => Promise.resolve(),
    ...overrides,
  });
  return { code, out, err };
}

describe("tempograph", () => {
  it("explains itself and its commands", async () => {
    expect((await cli(["--help"])).out).toContain("predict");
    expect((await cli(["--version"])).out).toMatch(/^\d+\.\d+\.\d+/);
    for (const command of ["predict", "inspect", "snapshot", "targets", "serve", "measure", "devices"]) {
      const { code, out } = await cli([command, "--help"]);
      expect(code).toBe(0);
      expect(out).toContain(`Usage: tempograph ${command}`);
    }
  });

  it.each([
    [[], "Usage"],
    [["predic"], 'no command "predic"'],
    [["predict"], "Expected FILE"],
    [["predict", "a", "b"], "Expected FILE"],
    [["predict", MODEL, "--colour"], "--colour"],
    [["predict", MODEL, "--target", "nowhere"], OTHER_FAKE_TARGET],
    [["predict", MODEL, "--utilization", "7"], "utilization"],
    [["predict", MODEL, "--state", "{"], "JSON"],
    [["predict", MODEL, "--state", '{"load":1}'], "load"],
    [["predict", MODEL, "--state", "@/no/such/file"], "/no/such/file"],
    [["predict", MODEL, "--dims", "batch"], "batch"],
    [["predict", join(folder, "missing.onnx")], "ENOENT"],
    [["inspect", folder], "EISDIR"],
    [["snapshot", "--cpus", "x"], "list of cores"],
    [["snapshot", "--interval", "0"], "--interval"],
    [["serve", "--port", "99999"], "port"],
    [["measure"], "--plan FILE"],
    [["measure", "--plan", join(folder, "missing.yaml")], "ENOENT"],
    [["devices"], "devices check"],
    [["devices", "check", "a.yaml", "b.yaml"], "devices check"],
    [["devices", "check", join(folder, "missing.yaml")], "ENOENT"],
  ])("%j is a wrong command line: exit code 2", async (args, message) => {
    const { code, err, out } = await cli(args);
    expect(err).toContain(message);
    expect(code).toBe(2);
    expect(out).toBe("");
  });

  it("fails with exit code 1 for a model that cannot be read or predicted", async () => {
    const zip = await cli(["inspect", file("zip.onnx", `PK\u0003\u0004${" ".repeat(400)}`)]);
    expect(zip).toMatchObject({ code: 1, out: "" });
    expect(zip.err).toContain("not-onnx");
    const open = await cli(["predict", file("dynamic.onnx", dynamicFile())]);
    expect(open.code).toBe(1);
    expect(open.err).toContain("batch");
    const unknown = await cli(["predict", file("unknown.onnx", unknownFile())]);
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain("com.example:Frobnicate");
  });
});

describe("tempograph predict", () => {
  it("prints the latency and the slowest layers", async () => {
    const { code, out } = await cli(["predict", MODEL]);
    expect(code).toBe(0);
    expect(out).toMatch(/^[\d.]+ ms {2}\(90 % between/);
    expect(out).toContain("Conv_0");
    expect(out).toContain(FAKE_TARGET);
    expect(out).toContain("imputed      utilization");
  });

  it("prints everything as JSON, for a target, dimensions and a state out of a file and options", async () => {
    const state = file("state.json", '{"utilization":0.9,"bandwidthGBs":5}');
    const { out } = await cli([
      ...["predict", file("dynamic.onnx", dynamicFile()), "--json", "--dims", "batch=2", "--target", OTHER_FAKE_TARGET],
      ...["--state", `@${state}`, "--utilization", "0.5"],
    ]);
    expect(JSON.parse(out)).toMatchObject({
      target: OTHER_FAKE_TARGET,
      state: { used: { utilization: 0.5, bandwidthGBs: 5 } },
    });
  });

  it("takes raw text of the system's tools as a state", async () => {
    const raw = file("stat.txt", "cpu  100 0 100 800 0 0 0 0 0 0\n");
    const { out } = await cli(["predict", MODEL, "--json", "--state", `@${raw}`]);
    expect(JSON.parse(out)).toMatchObject({ state: { used: { utilization: 0.2 } } });
  });
});

describe("tempograph inspect", () => {
  it("shows nodes and totals, of standard input too", async () => {
    const { out } = await cli(["inspect", "-"], { input: Readable.from([convFile()]) });
    expect(out).toContain("float32[1x8x16x16]");
    expect(out).toMatch(/FLOPs +11\d k/);
    expect(out).toContain("1 convolutions");
  });

  it("prints what GET /models/{id}/graph answers", async () => {
    const { out } = await cli(["inspect", MODEL, "--json"]);
    expect(JSON.parse(out)).toMatchObject({ nodes: [{ opType: "Conv" }, { opType: "Relu" }] });
  });

  it("tells what an engine fuses, ONNX Runtime unless it is told which", async () => {
    expect((await cli(["inspect", MODEL])).out).toMatch(/kernel of onnxruntime\n.*Conv\+Relu \(conv-relu\)\n.* in Conv_0\n/);
    expect((await cli(["inspect", MODEL, "--engine", "mnn"])).out).toMatch(/kernels +1 of mnn: Conv\+Relu \(1\)\n/);
    const refused = await cli(["inspect", MODEL, "--engine", "constructor"]);
    expect(refused.err).toContain("No fusions are known of constructor, but of onnxruntime, tflite, mnn, ncnn, mindspore.");
    expect(refused.code).toBe(2);
  });
});

describe("tempograph targets", () => {
  it("lists them, the default marked", async () => {
    const { out } = await cli(["targets"]);
    expect(out).toContain(`* ${FAKE_TARGET}`);
    const parsed: unknown = JSON.parse((await cli(["targets", "--json"])).out);
    expect(parsed).toMatchObject({ defaultTarget: FAKE_TARGET });
  });
});

describe.runIf(process.platform === "linux")("tempograph snapshot", () => {
  it("prints a state that predict takes", async () => {
    const { out } = await cli(["snapshot", "--interval", "50", "--json"]);
    const { state } = JSON.parse(out) as { state: object };
    expect((await cli(["predict", MODEL, "--state", JSON.stringify(state)])).code).toBe(0);
    expect((await cli(["snapshot", "--interval", "50"])).out).toContain("utilization");
  });
});

describe.runIf(process.platform === "linux")("tempograph devices", () => {
  it("says what works on the device that a file describes, and fails where the file is wrong", async () => {
    const device = (core: number) =>
      file(`device-${core}.yaml`, `{name: here, reach: {by: local}, clusters: [{name: all, cores: [${core}]}], engines: [onnxruntime]}`);
    expect((await cli(["devices", "check", device(0)])).out).toMatch(/cluster all +works/);
    const wrong = await cli(["devices", "check", device(4095), "--json"]);
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain("wrong");
    expect(JSON.parse(wrong.out)).toContainEqual(expect.objectContaining({ what: "cluster all", verdict: "wrong", detail: "no core 4095" }));
  });
});

describe("tempograph serve", () => {
  it("prints its address and a line to try, answers, and says when the port is taken", async () => {
    let printed = "";
    let stop: () => void = () => undefined;
    const stopped = new Promise<void>((resolve) => (stop = resolve));
    const serving = cli(["serve"], {
      environment: { PORT: "0" },
      print: (text) => void (printed += `${text}\n`),
      stopped: () => stopped,
    });
    await expect.poll(() => printed, { timeout: 10_000 }).toContain("Try:");
    const url = /http:\/\/127\.0\.0\.1:(\d+)/.exec(printed);
    expect((await fetch(`${url?.[0] ?? ""}/v2/health/ready`)).status).toBe(200);
    expect(printed).toMatch(/curl -s -F model=@\S*mobilenetv2\.onnx -F 'state=/);

    const second = await cli(["serve", "--port", url?.[1] ?? ""]);
    expect(second.code).toBe(1);
    expect(second.err).toContain("is taken");
    expect((await cli(["serve"], { environment: { MAX_UPLOAD_BYTES: "lots" } })).code).toBe(2);

    stop();
    expect((await serving).code).toBe(0);
  });
});
