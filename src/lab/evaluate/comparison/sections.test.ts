import { beforeAll, expect, it, vi } from "vitest";
import { syntheticCorpus } from "../../../../test/helper/corpus.js";
import { initBackend } from "../../../model/backend.js";
import { KERNEL_TRAINING, trainKernelLatency } from "../../train/kernel-latency.js";
import { syntheticKernelExamples } from "../../../../test/helper/synthetic-rows.js";
import type { Corpus } from "../../train/corpus.js";
import type { Bench } from "../experiments.js";
import { ablationSections, baselineSections } from "./sections.js";

/** Regressors in Python are tested beside this, and take a while. */
vi.mock("../../engines/python.js", async (original) => ({ ...(await original<object>()), pythonLacks: () => "left out" }));

const FAMILIES = ["resnet", "mobilenetv2", "vgg", "alexnet"];

/** The SYNTHETIC corpus with families of the zoo, in turn. */
function withFamilies(corpus: Corpus): Corpus {
  const family = new Map(corpus.idle.map(({ id }, i) => [id, FAMILIES[i % FAMILIES.length] ?? ""]));
  const renamed = <E extends { readonly id: string }>(examples: readonly E[]): E[] => examples.map((each) => ({ ...each, family: family.get(each.id) ?? "" }));
  return { ...corpus, idle: renamed(corpus.idle), loaded: renamed(corpus.loaded) };
}

let bench: Bench;
beforeAll(async () => {
  const { tf } = await initBackend();
  const corpus = withFamilies(syntheticCorpus("toy"));
  const kernels = syntheticKernelExamples(corpus.idle);
  const kernelLatency = await trainKernelLatency(tf, kernels, [], { ...KERNEL_TRAINING, members: 1, epochs: 1 });
  bench = { tf, corpus: { ...corpus, kernels }, kernelLatency, seed: 1, log: () => undefined };
});

it("leaves out one part at a time, and the state", { timeout: 180_000 }, async () => {
  const [section] = await ablationSections(bench);
  const [idle, unseen, loaded] = section?.tables ?? [];
  const left = ["tempograph (profiled)", "without c", "without the graph", "without the penalty on weights", "without profiles of networks", "a graph network in place of factors"];
  for (const [table, rows] of [[idle, 0.3], [unseen, 0.5]] as const) {
    expect(table?.rows.map(([name = ""]) => name.split(":")[0])).toEqual(left);
    expect(table?.rows.every((cells) => Number(cells[3]) > 0 && Number(cells[5]) === Math.round(rows * bench.corpus.idle.length))).toBe(true);
    const [whole, , , unpenalised] = table?.rows.map((cells) => cells[3]) ?? [];
    expect(unpenalised).not.toBe(whole);
  }
  const [whole, stateless] = loaded?.rows.map((cells) => Number(cells[3])) ?? [];
  // Synthetic slowdowns are 1 + utilization: one number for all states is off by more.
  expect(whole).toBeLessThan(stateless ?? 0);
});

it("compares on the rows of the sections before, and says what could not be run", { timeout: 120_000 }, async () => {
  const { corpus } = bench;
  const [section] = await baselineSections(bench);
  const [idle, loaded, unseen, three, columns] = section?.tables ?? [];
  expect(idle?.rows.map(([name]) => name)).toEqual([
    "normal: linear",
    "normal: MLP",
    "normal: SVR",
    "normal: random forest",
    "normal: XGBoost",
    "line on FLOPs",
    "FLOPs and bytes",
    "BRP-NAS's graph network",
  ]);
  const rowsOf = (name: string): string | undefined => idle?.rows.find(([each]) => each === name)?.at(-1);
  expect(rowsOf("normal: SVR")).toBe("");
  expect(rowsOf("line on FLOPs")).toBe(String(Math.round(0.3 * corpus.idle.length)));
  expect([loaded, unseen].every((table) => table?.rows.every((cells) => cells[1] === "not run"))).toBe(true);
  // All of vgg and alexnet, half of the networks.
  expect(three?.rows.at(-1)?.at(-1)).toBe(String(corpus.idle.length / 2));
  expect(columns?.rows.map(([name]) => name)).toEqual(["linear", "MLP", "SVR", "random forest", "XGBoost"]);
});
