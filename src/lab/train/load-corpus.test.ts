import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { emptyCorpus, syntheticCorpus } from "../../../test/helper/corpus.js";
import { besideFolder } from "../dataset/folders.js";
import { sampleIdle } from "../dataset/row-samples.js";
import { idleNoiseFloor } from "../evaluate/noise-floor.js";
import { splitOf } from "../evaluate/splits.js";
import { Catalog } from "../measure/catalog.js";
import { limited, MORE_NETWORKS, NETWORKS, type Plan, PROFILES } from "../measure/plan.js";
import { UNLIKE_FILE, type UnlikeModels } from "../measure/unlike.js";
import { loadCorpus, loadTrainingData } from "./load-corpus.js";
import { withSlowdownsOf } from "./corpus-changes.js";

const MACHINE = { id: "0123456789ab", cpu: "Toy", cores: 2, simd: "avx2", engine: "mnn", engineVersion: "1.0", threads: 1, governor: null, missing: [] };

function record(folder: string, plan: Plan, rows: readonly object[], machine: object = MACHINE): void {
  mkdirSync(folder);
  writeFileSync(join(folder, "machine.json"), JSON.stringify(machine));
  writeFileSync(join(folder, "plan.json"), JSON.stringify(plan));
  writeFileSync(join(folder, "idle.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

const passes = (id: string, us: readonly number[]): object[] => us.map((each, i) => sampleIdle({ id, family: "squeezenet", round: i + 1, runsUs: [each, each] }));

describe("slowdowns of another dataset", () => {
  it("are of the networks as this corpus' engine runs them, and count by their mean state alone", () => {
    const other = syntheticCorpus("other");
    const { borrowed, loaded } = withSlowdownsOf(emptyCorpus({ rules: { engine: "ncnn", channelBlock: 0 } }), other);
    expect(loaded).toEqual([]);
    expect(borrowed.map(({ id, latencyUs, idleUs, readings }) => [id, latencyUs, idleUs, readings])).toEqual(
      other.loaded.map(({ id, latencyUs, idleUs }) => [id, latencyUs, idleUs, []]),
    );
    expect(borrowed[0]?.features).not.toBe(other.loaded[0]?.features);
    expect(borrowed[0]?.features.graph).toBe(other.loaded[0]?.features.graph);
    expect(borrowed[1]?.features).toBe(borrowed[0]?.features);
  });
});

describe("a sweep of which the converter made something else here and there", () => {
  it("trains without what is named beside its rows", async () => {
    const folder = join(mkdtempSync(join(tmpdir(), "corpus-")), "toy");
    const plan = { ...PROFILES, sweep: { ...PROFILES.sweep, operators: 4 } };
    record(folder, plan, passes("squeezenet-0", [100, 100]));
    const sweep = new Catalog(plan).sweepIds.map((id) => ({ ...sampleIdle({ id }), kind: "sweep", kernels: [] }));
    writeFileSync(join(folder, "sweep.jsonl"), sweep.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const ids = async (): Promise<readonly string[]> => (await loadCorpus(folder)).sweep.map(({ id }) => id);
    const [first = "", ...others] = await ids();
    expect(others).toHaveLength(sweep.length - 1);
    const unlike: UnlikeModels = { engine: "mnn", engineVersion: "1.0", checked: ["op-"], compared: 4, unlike: [{ id: first, why: "other values" }] };
    writeFileSync(join(folder, UNLIKE_FILE), JSON.stringify(unlike));
    expect(await ids()).toEqual(others);
    rmSync(join(folder, ".."), { recursive: true });
  });
});

describe("a dataset with more networks beside it", () => {
  let root: string;
  let folder: string;
  const first = NETWORKS.idle.firstVariant ?? 0;
  const further = `squeezenet-${first}`;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "corpus-"));
    folder = join(root, "toy");
    record(folder, limited(PROFILES, 1), passes("squeezenet-0", [100, 100]));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("keeps them apart from its own, and lets them train alone", async () => {
    record(besideFolder(folder, "networks"), limited(NETWORKS, 1), passes(further, [300, 200]));
    const corpus = await loadCorpus(`${folder}/`);
    expect(corpus.idle.map(({ id }) => id)).toEqual(["squeezenet-0"]);
    expect(corpus.further.map(({ id, family }) => [id, family])).toEqual([[further, "squeezenet"]]);
    expect(splitOf(corpus).training.has(further)).toBe(true);
    expect(corpus.idlePasses.get(further)).toHaveLength(2);
    // Its passes differ by half; the floor is of the dataset's own labels.
    expect(idleNoiseFloor(corpus)).toMatchObject({ rows: 1, within5Percent: 100 });
  });

  it("tells recordings of several days apart", async () => {
    const another = `squeezenet-${MORE_NETWORKS.idle.firstVariant ?? 0}`;
    record(besideFolder(folder, "networks"), limited(NETWORKS, 1), passes(further, [300, 200]));
    record(besideFolder(folder, "more-networks"), limited(MORE_NETWORKS, 1), passes(another, [100, 100, 100]));
    const corpus = await loadCorpus(folder);
    expect(corpus.idle[0]?.recording).toBeUndefined();
    expect(corpus.further.map(({ id, recording }) => [id, recording])).toEqual([
      [further, "networks"],
      [another, "more-networks"],
    ]);
    expect(corpus.idlePasses.get(another)).toHaveLength(3);
  });

  it("has none where none were recorded", async () => {
    expect(await loadTrainingData({ data: folder })).toMatchObject({ further: [], borrowed: [] });
  });

  it("takes those of another build of the system's kernel", async () => {
    record(besideFolder(folder, "networks"), limited(NETWORKS, 1), passes(further, [100]), { ...MACHINE, id: "ba9876543210", kernel: "Linux 7" });
    expect((await loadCorpus(folder)).further).toHaveLength(1);
  });

  it("refuses those of another machine", async () => {
    record(besideFolder(folder, "networks"), limited(NETWORKS, 1), passes(further, [100]), { ...MACHINE, id: "ba9876543210", cpu: "Another" });
    await expect(loadCorpus(folder)).rejects.toThrow(RangeError);
  });
});
