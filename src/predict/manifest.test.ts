import { describe, expect, it } from "vitest";
import { syntheticArtifact, syntheticManifest } from "../../test/helper/synthetic-target.js";
import { ArtifactError } from "../model/manifest.js";
import { parseAdditiveManifest } from "./manifest.js";

const { extra, target } = syntheticArtifact().head;

describe("the manifest of an additive predictor", () => {
  it("is taken as it is", () => {
    const manifest = syntheticManifest();
    expect(parseAdditiveManifest(manifest)).toBe(manifest);
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
    ["model", { extra: { ...extra, model: {} } }, "/extra/model"],
  ])("is refused with the field's name: %s", (_, overrides, field) => {
    const parse = (): unknown => parseAdditiveManifest(syntheticManifest(overrides));
    expect(parse).toThrow(ArtifactError);
    expect(parse).toThrow(field);
    expect(parse).toThrow("synthetic-onnxruntime 1.0.0");
  });
});
