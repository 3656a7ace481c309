import { describe, expect, it } from "vitest";
import { leavingOutEach, trainingOn } from "./inner-splits.js";
import { familiesOf, splitOf } from "./splits.js";

const networks = (family: string, count: number, prefix = ""): { id: string; family: string }[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${prefix}${family}-${i}`, family }));
const MODELS = {
  idle: ["vgg", "alexnet", "resnet"].flatMap((family) => networks(family, 20)),
  further: [...networks("vgg", 5, "more-"), ...networks("cells", 20)],
};

describe("inner splits", () => {
  const { test: published } = splitOf(MODELS);
  const inner = [...leavingOutEach(MODELS, familiesOf(MODELS)), trainingOn(MODELS, ["vgg"])];

  it("hold nothing of the published test networks, and nothing twice", () => {
    expect(inner).toHaveLength(4);
    for (const { name, split } of inner) {
      expect(split.training.size, name).toBeGreaterThan(0);
      expect(split.test.size, name).toBeGreaterThan(0);
      expect([...split.training, ...split.test].filter((id) => published.has(id)), name).toEqual([]);
      expect([...split.test].filter((id) => split.training.has(id)), name).toEqual([]);
    }
  });

  it("train nothing of a family that tests, and test nothing that was recorded beside the dataset", () => {
    const [alexnet, , vgg] = leavingOutEach(MODELS, familiesOf(MODELS)).map(({ split }) => split);
    expect([...(alexnet?.test ?? [])].every((id) => id.startsWith("alexnet-"))).toBe(true);
    expect([...(alexnet?.training ?? [])].some((id) => id.startsWith("more-vgg"))).toBe(true);
    expect([...(vgg?.training ?? [])].some((id) => id.includes("vgg"))).toBe(false);
    expect([...(vgg?.test ?? [])].some((id) => id.startsWith("more-"))).toBe(false);
  });

  it("train the families that are named alone, without random cells", () => {
    const { name, split } = trainingOn(MODELS, ["vgg", "resnet"]);
    expect(name).toBe("vgg, resnet");
    expect([...split.training].every((id) => /^(more-)?vgg|^resnet/.test(id))).toBe(true);
    expect([...split.test].every((id) => id.startsWith("alexnet-"))).toBe(true);
  });
});
