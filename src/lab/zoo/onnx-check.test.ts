import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pythonLacks } from "../engines/python.js";
import { zooIds, zooModel } from "./by-id.js";
import { OnnxCheck } from "./onnx-check.js";
import { FAMILIES } from "./variants.js";

const lacking = pythonLacks("numpy", "onnx", "onnxruntime");

/** Cheap ones of each family; `npm run lab:zoo -- check --onnx` goes through more. */
const IDS = [
  ...FAMILIES.map((family) => `${family}-7`),
  "nasbench201-1462",
  "nasbench201-1651",
  ...zooIds("fbnet", 2),
  ...zooIds("fbnetimagenet", 1),
  "vit-0",
  "vit-5",
  "vit-6",
  "bert-0",
  "bert-7",
  "bert-8",
];

describe.skipIf(lacking !== null)(`ONNX's checker and ONNX Runtime (skipped without a Python that has them: ${lacking ?? "present"})`, () => {
  let check: OnnxCheck;
  beforeAll(() => {
    check = OnnxCheck.start();
  });
  afterAll(() => check.close());

  it.each(IDS)("take %s as it is", async (id) => {
    const outputs = await check.check(zooModel(id));
    expect(outputs.length).toBeGreaterThan(0);
    expect(outputs.every(({ finite }) => finite)).toBe(true);
  }, 60_000);

  it("refuse a model that is not valid, with their reason", async () => {
    const broken = { ...zooModel("squeezenet-7"), onnx: new TextEncoder().encode("not a model") };
    await expect(check.check(broken)).rejects.toThrow(/./);
    expect(await check.check(zooModel("nasbench201-0"))).toHaveLength(1);
  }, 60_000);
});
