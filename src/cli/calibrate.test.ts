import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { onnxFile } from "../../test/helper/models.js";
import { SYNTHETIC_TARGET, syntheticTarget } from "../../test/helper/synthetic-target.js";
import { parseTargetFile } from "../predict/calibration/target-file.js";
import { importNewDevice } from "./calibration-networks.js";
import { parseMeasurements } from "./measurements-file.js";
import { run } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "tempograph-calibrate-"));
afterAll(() => rmSync(folder, { recursive: true }));

const base = syntheticTarget();
const registry = { defaultTarget: SYNTHETIC_TARGET, list: () => [base.info], get: (id: string) => (id === SYNTHETIC_TARGET ? base : undefined) };
const TARGET = "board.onnxruntime.float32.1core";

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function cli(...args: readonly string[]) {
  let out = "";
  let err = "";
  const code = await run(args, {
    input: Readable.from([]),
    print: (text) => void (out += `${text}\n`),
    remark: (text) => void (err += `${text}\n`),
    environment: {},
    loadRegistry: () => Promise.resolve(registry),
    stopped: () => new Promise(() => undefined),
  });
  return { code, out, err };
}

const { graphOfZoo } = await importNewDevice();

/** MADE UP: what a device twice as slow as the base would take. */
function slowMs(zoo: string): number {
  return 2 * base.predict(base.embed(graphOfZoo(zoo)), {}).latencyMs;
}

write("net.onnx", onnxFile({
  input: [1, 3, 32, 32],
  nodes: [{ op: "Conv", inputs: ["x", "w"], output: "y" }],
  weights: { w: [8, 3, 3, 3] },
}));

describe("tempograph calibrate", () => {
  const networks = ["squeezenet-0", "mobilenetv2-0", "shufflenetv2-1"];
  const csv = write("measured.csv", `model,latencyMs\n# of a MADE UP device\n${networks.map((id) => `${id},${slowMs(id)}`).join("\n")}\nnet.onnx, 0.09\n`);

  it("makes a target of a CSV with reference networks and files, which is then served", async () => {
    const out = join(folder, "targets");
    const { code, out: text, err } = await cli("calibrate", "--target", TARGET, "--measurements", csv, "--machine", "a board", "--out", out);
    expect(err).toContain(`${TARGET}.json`);
    expect(code).toBe(0);
    expect(text).toMatch(/expected +\d+\.\d % error, [\d.]+ % within 10 % \(networks left out in turn\)/);
    const file = parseTargetFile(readFileSync(join(out, `${TARGET}.json`), "utf8"), TARGET);
    expect(file).toMatchObject({ target: TARGET, machine: "a board", networks: 4, base: { target: SYNTHETIC_TARGET } });
    const predicted = await cli("predict", join(folder, "net.onnx"), "--target", TARGET, "--targets", out, "--json");
    expect(JSON.parse(predicted.out)).toMatchObject({ target: TARGET });
    expect((await cli("targets", "--targets", out)).out).toContain(TARGET);
  });

  it("chooses networks that differ, and writes them", async () => {
    const refs = join(folder, "refs");
    const { code, out } = await cli("calibrate", "--choose", "3", "--write", refs);
    expect(code).toBe(0);
    expect(out.trim().split("\n")).toHaveLength(4);
    expect(readdirSync(refs).filter((name) => name.endsWith(".onnx"))).toHaveLength(3);
    expect(existsSync(join(refs, "measurements.csv"))).toBe(true);
  }, 120_000);

  it("reads a benchncnn log, its networks out of the zoo or a folder, and says what it left out", async () => {
    // MADE UP times in the form that benchncnn prints.
    const line = (name: string, ms: number): string => `${name.padStart(20)}  min = ${ms.toFixed(2)}  max = ${(ms + 1).toFixed(2)}  avg = ${(ms + 0.5).toFixed(2)}`;
    const lines = [line("mobilenet", 30), line("mobilenet_v2", 25), line("net", 0.1), line("yolov4-tiny", 90)];
    const log = write("bench.log", `loop_count = 8\nnum_threads = 1\n${lines.join("\n")}\n`);
    const { code, out, err } = await cli("calibrate", "--target", "board.ncnn.float32.1core", "--benchncnn", log, "--models", folder, "--out", join(folder, "ncnn"), "--json");
    expect(err).toContain("yolov4-tiny");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ target: "board.ncnn.float32.1core", networks: 3 });
  });

  const short = write("short.csv", "net.onnx,1\n");
  const unknown = write("unknown.csv", "net.onnx,1\nnobody-3,4\n");
  it.each<[readonly string[], RegExp]>([
    [[], /--target/],
    [["--target", "board", "--measurements", csv], /device\.engine\.precision\.cores/],
    [["--target", TARGET], /one of --measurements/],
    [["--target", TARGET, "--measurements", csv, "--local"], /one of --measurements/],
    [["--target", TARGET, "--measurements", join(folder, "missing.csv")], /missing\.csv/],
    [["--target", TARGET, "--measurements", short], /3 measured networks/],
    [["--target", TARGET, "--measurements", unknown], /nobody-3/],
    [["--target", TARGET, "--measurements", csv, "--base", "a.b.c.d"], /no target "a\.b\.c\.d"/],
    [["--target", SYNTHETIC_TARGET, "--measurements", csv], /ships/],
    [["--target", TARGET, "--benchncnn", short], /benchncnn printed no result/],
    [["--choose", "2"], /from 3 to 30/],
    [["--choose", "31"], /from 3 to 30/],
  ])("%j is a wrong command line", async (args, message) => {
    const { code, err } = await cli("calibrate", ...args, "--out", join(folder, "none"));
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});

describe("a file of measurements", () => {
  it("has a name and a latency on each line", () => {
    expect(parseMeasurements("model,latency_ms\r\na,b.onnx,2.5\n\n# no\nresnet-0,1e1\n", "f")).toEqual([
      { model: "a,b.onnx", latencyMs: 2.5 },
      { model: "resnet-0", latencyMs: 10 },
    ]);
  });

  it.each(["a", "a,", ",3", "a,NaN", "a,-1", "a,0", "a,1e999", "a,2 ms"])("names the line that is wrong: %j", (line) => {
    expect(() => parseMeasurements(`resnet-0,1\n${line}`, "some.csv")).toThrow(/some\.csv, line 2/);
  });
});
