import { expect, it } from "vitest";
import { THREE_FAMILIES, threeFamilies } from "./sections.js";
import { familySplit, familySplitOf, heldOutCells, nestedShare, randomSplit, splitOf, splitWithoutCells } from "./splits.js";

const models = Array.from({ length: 200 }, (_, i) => ({ id: `m${i}`, family: `f${i % 4}` }));
const ids = models.map(({ id }) => id);

it("puts every model into exactly one part, whatever the order of the ids", () => {
  const split = randomSplit(ids);
  const parts = [split.training, split.validation, split.test];
  expect(parts.reduce((sum, part) => sum + part.size, 0)).toBe(ids.length);
  expect(new Set(parts.flatMap((part) => [...part])).size).toBe(ids.length);
  expect(split.test.size).toBe(60);
  expect(randomSplit([...ids].reverse())).toEqual(split);
});

it("keeps left-out families out of training and validation", () => {
  const split = familySplit(models, new Set(["f1", "f3"]));
  const family = new Map(models.map((model) => [model.id, model.family]));
  expect([...split.training, ...split.validation].every((id) => ["f0", "f2"].includes(family.get(id) ?? ""))).toBe(true);
  expect(split.test.size).toBe(100);
});

it("lets models beside a dataset train where their family does, and leaves validation and test as they were", () => {
  const further = Array.from({ length: 8 }, (_, i) => ({ id: `more${i}`, family: `f${i % 4}` }));
  const [own, both] = [randomSplit(ids), splitOf({ idle: models, further })];
  expect([both.validation, both.test]).toEqual([own.validation, own.test]);
  expect([...both.training].filter((id) => !own.training.has(id))).toEqual(further.map(({ id }) => id));
  const left = familySplitOf({ idle: models, further }, new Set(["f1", "f3"]));
  expect([...left.training].filter((id) => id.startsWith("more"))).toEqual(["more0", "more2", "more4", "more6"]);
  expect(left.test).toEqual(familySplit(models, new Set(["f1", "f3"])).test);
});

it("draws a share of the models within every larger one, by the seed alone", () => {
  const [small, half] = [nestedShare(ids, 0.25), nestedShare(ids, 0.5)];
  expect([small.size, half.size]).toEqual([50, 100]);
  expect([...small].every((id) => half.has(id))).toBe(true);
  expect(nestedShare([...ids].reverse(), 0.25)).toEqual(small);
  expect(nestedShare(ids, 0.001).size).toBe(1);
});

it("lets three families train and nothing else, of what was recorded beside the dataset neither", () => {
  const of = (family: string, from: string): { id: string; family: string }[] => Array.from({ length: 10 }, (_, i) => ({ id: `${from}-${family}-${i}`, family }));
  const idle = [...THREE_FAMILIES, "vgg", "alexnet"].flatMap((family) => of(family, "own"));
  const further = ["resnet", "vgg", "cells"].flatMap((family) => of(family, "beside"));
  const { tested, split } = threeFamilies({ idle, further });
  expect(tested).toEqual(["alexnet", "vgg"]);
  expect(split.test).toEqual(new Set(["alexnet", "vgg"].flatMap((family) => of(family, "own").map(({ id }) => id))));
  const learnt = [...split.training, ...split.validation].map((id) => id.split("-").slice(0, 2).join("-"));
  expect([...new Set(learnt)].sort()).toEqual(["beside-resnet", ...THREE_FAMILIES.map((family) => `own-${family}`)].sort());
});

it("holds three tenths of the networks of random cells out of every training", () => {
  const cells = Array.from({ length: 100 }, (_, i) => ({ id: `cells-${i}`, family: "cells" }));
  const held = heldOutCells({ further: cells });
  expect(held.size).toBe(30);
  const trains = ({ training, validation }: ReturnType<typeof splitOf>): string[] => [...training, ...validation].filter((id) => id.startsWith("cells"));
  expect(trains(splitOf({ idle: models, further: cells })).sort()).toEqual(cells.map(({ id }) => id).filter((id) => !held.has(id)).sort());
  expect(trains(familySplitOf({ idle: models, further: cells }, new Set(["f1"])))).toHaveLength(70);
  expect(trains(splitWithoutCells({ idle: models, further: cells }))).toEqual([]);
  expect(splitOf({ idle: models, further: cells }).test).toEqual(splitOf({ idle: models, further: [] }).test);
});
