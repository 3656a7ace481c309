import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ZOO_FAMILIES, zooIds, zooModel } from "./by-id.js";
import { countModel } from "./counts.js";
import { Rng } from "./rng.js";
import { FAMILIES } from "./variants.js";

/** Of each of the ten families' 1,000 variants, so many at random are built, read, inferred and counted. */
const VARIANTS = 1000;
const SAMPLED = 30;

function sampled(family: string): readonly string[] {
  const rng = new Rng(`sample/${family}`);
  return Array.from({ length: SAMPLED }, () => `${family}-${rng.int(0, VARIANTS - 1)}`);
}

describe("zooModel", () => {
  it.each(FAMILIES)("builds variants of %s out of 1,000 that the service reads, infers and counts whole", (family) => {
    const counts = sampled(family).map((id) => countModel(zooModel(id)));
    expect(Math.min(...counts.map(({ macs }) => macs))).toBeGreaterThan(0);
    expect(counts.every(({ flops, macs }) => flops >= 2 * macs)).toBe(true);
  });

  it.each([...ZOO_FAMILIES.keys()])("builds what the list of %s names, under that id", (family) => {
    const ids = [...zooIds(family, 3), ...zooIds(family, 2, 700)];
    expect(new Set(ids).size).toBe(5);
    for (const id of ids) {
      const counts = countModel(zooModel(id));
      expect(counts.id).toBe(id);
      expect(counts.member).not.toBe("");
    }
  });

  it("says what is no id, and which families there are", () => {
    expect(() => zooModel("resnet")).toThrow("resnet is no id of the zoo, such as resnet-3");
    expect(() => zooModel("resnext-3")).toThrow(/no family resnext, but alexnet.*nasbench201.*bert/);
    expect(() => zooModel("constructor-1")).toThrow(/no family constructor/);
    expect(() => zooModel("nasbench201-15625")).toThrow(/0\.\.15624/);
    expect(() => zooModel("resnet-03")).toThrow(RangeError);
    expect(() => zooModel(`vit-${2 ** 53}`)).toThrow(RangeError);
    expect(() => zooModel("fbnet-12")).toThrow(/22 digits/);
  });
});

describe("ids", () => {
  it("still stand for the graphs that this version gave them", () => {
    const ids = ["nasbench201-0", "nasbench201-15624", "fbnet-0123456780123456780123", "fbnetimagenet-0380076737677777677773"];
    const transformers = ["vit-0", "vit-3", "vit-999", "bert-0", "bert-5", "bert-999"];
    const hash = createHash("sha256");
    for (const id of [...ids, ...transformers]) hash.update(zooModel(id).onnx);
    expect(hash.digest("hex")).toBe("cdadcaa865dff07555e621e1e2683a9c6ac864a695e5704faa53eed89995ed76");
  });
});

describe("zooIds", () => {
  it("ends where a family does", () => {
    expect([...zooIds("nasbench201", 10, 15_622)]).toEqual(["nasbench201-15622", "nasbench201-15623", "nasbench201-15624"]);
  });

  it("lists the same architectures of FBNet each time", () => {
    expect([...zooIds("fbnet", 3)]).toEqual([...zooIds("fbnet", 3)]);
  });
});
