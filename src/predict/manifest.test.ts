import { describe, expect, it } from "vitest";
import { syntheticArtifact, syntheticManifest } from "../../test/helper/synthetic-target.js";
import { ArtifactError } from "../model/manifest.js";
import { parseAdditiveManifest } from "./manifest.js";

const { extra, target } = syntheticArtifact().head;
const MEMORY = {
  loading: { process: 4, weights: 3 },
  running: { process: 2, weights: 1 },
  coverage: 0.9,
  halfWidths: { peak: 0.2, running: 0.1 },
  data: "synthetic",
  machine: "none",
  networks: 10,
  metrics: [],
};

describe("the manifest of an additive predictor", () => {
  it("is taken as it is", () => {
    const manifest = syntheticManifest();
    expect(parseAdditiveManifest(manifest)).toBe(manifest);
  });

  it("may tell of memory", () => {
    const manifest = syntheticManifest({ extra: { ...extra, memory: MEMORY } });
    expect(parseAdditiveManifest(manifest).extra.memory).toEqual(MEMORY);
  });

  it("may say more than is read", () => {
    const manifest = syntheticManifest({ data: { name: "synthetic", rows: 5 }, extra: { ...extra, backend: "wasm" } });
    expect(parseAdditiveManifest(manifest)).toBe(manifest);
  });

  it.each([
    ["target", { target: { ...target, id: 7 } }, "/target/id"],
    ["engine", { extra: { ...extra, rules: { engine: "none that is known", channelBlock: 0 } } }, "/extra/rules/engine"],
    ["data", { data: {} }, "/data"],
    ["metrics", { metrics: [{ split: "test" }] }, "/metrics/0"],
    ["rules", { extra: { ...extra, rules: { engine: "onnxruntime", channelBlock: -1 } } }, "/extra/rules/channelBlock"],
    ["interval", { extra: { ...extra, interval: undefined } }, "interval"],
    ["half-widths", { extra: { ...extra, interval: { coverage: 0.9, halfWidths: {}, outOfDistributionFactor: 1 } } }, "/extra/interval/halfWidths"],
    ["domain", { extra: { ...extra, domain: { conv: "3,16" } } }, "/extra/domain/conv"],
    ["a term of memory that is not known", { extra: { ...extra, memory: { ...MEMORY, running: { weights: 1, luck: 2 } } } }, "/extra/memory/running"],
    ["memory below nothing", { extra: { ...extra, memory: { ...MEMORY, loading: { weights: -1 } } } }, "/extra/memory/loading/weights"],
    ["model", { extra: { ...extra, model: {} } }, "/extra/model"],
  ])("is refused with the field's name: %s", (_, overrides, field) => {
    const parse = (): unknown => parseAdditiveManifest(syntheticManifest(overrides));
    expect(parse).toThrow(ArtifactError);
    expect(parse).toThrow(field);
    expect(parse).toThrow("synthetic-onnxruntime 1.0.0");
  });
});
