import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, expect, it } from "vitest";
import { fakeRegistry } from "../../test/helper/fake-registry.js";
import { convFile, onnxFile, unknownFile } from "../../test/helper/models.js";
import type { CliContext } from "./context.js";
import { run } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "tempograph-strip-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function cli(args: readonly string[], input: Buffer = Buffer.alloc(0)) {
  let out = "";
  let err = "";
  const context: CliContext = {
    input: Readable.from([input]),
    print: (text) => void (out += `${text}\n`),
    remark: (text) => void (err += `${text}\n`),
    environment: {},
    loadRegistry: () => Promise.resolve(fakeRegistry()),
    stopped: () => Promise.resolve(),
  };
  return { code: await run(args, context), out, err };
}

/** What a prediction says, without how long it took to say it. */
async function predicted(path: string): Promise<unknown> {
  const { out } = await cli(["predict", path, "--json", "--utilization", "0.5"]);
  return { ...(JSON.parse(out) as object), timingsMs: null };
}

const HEAVY = onnxFile({
  input: [1, 64, 16, 16],
  nodes: [{ op: "Conv", inputs: ["x", "w"], output: "y" }],
  weights: { w: [512, 64, 1, 1] },
});

it("writes a small file beside the model that gets the same prediction", async () => {
  const path = file("heavy.onnx", HEAVY);
  const { code, out } = await cli(["strip", path]);
  const target = join(folder, "heavy.stripped.onnx");
  expect(code).toBe(0);
  expect(out).toContain(target);
  expect(out).toContain("1 tensors, 131072 bytes");
  expect(readFileSync(target).length).toBeLessThan(500);
  const answer = await predicted(path);
  expect(answer).toMatchObject({ modelId: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown });
  expect(await predicted(target)).toEqual(answer);
});

it("reads standard input and writes where it is told", async () => {
  const target = join(folder, "named.onnx");
  expect(await cli(["strip", "-", "--out", target], convFile())).toMatchObject({ code: 0, err: "" });
  expect(await predicted(target)).toEqual(await predicted(file("conv.onnx", convFile())));
});

it("strips models that cannot be predicted", async () => {
  expect(await cli(["strip", file("unknown.onnx", unknownFile())])).toMatchObject({ code: 0, err: "" });
});

it("writes nothing for what is no model, and never over the model", async () => {
  const path = file("model.onnx", convFile());
  const before = readdirSync(folder);
  const same = await cli(["strip", path, "-o", join(folder, ".", "model.onnx")]);
  expect(same).toMatchObject({ code: 2, out: "" });
  expect(readFileSync(path)).toEqual(convFile());
  expect(await cli(["strip", "-"], convFile())).toMatchObject({ code: 2, out: "" });
  expect(await cli(["strip", path, "-o", join(folder, "no", "such", "folder")])).toMatchObject({ code: 2, out: "" });
  const broken = await cli(["strip", "-", "-o", join(folder, "broken.onnx")], convFile().subarray(0, -3));
  expect(broken).toMatchObject({ code: 1, out: "" });
  expect(broken.err).toContain("truncated");
  expect(readdirSync(folder)).toEqual(before);
});
