import { describe, expect, it } from "vitest";
import { syntheticAdditive, syntheticFeatures, syntheticStates } from "../../test/helper/synthetic.js";
import { packAdditive, unpackAdditive, type PackedAdditive } from "./additive-artifact.js";
import { type AdditiveModel, AdditivePredictor } from "./additive.js";
import { ArtifactError } from "./manifest.js";

const MODEL = syntheticAdditive(4);

/** As files keep it: tensors as they are, the record through JSON. */
function throughFiles({ params, record }: PackedAdditive): PackedAdditive {
  return { params: new Map(params), record: JSON.parse(JSON.stringify(record)) as PackedAdditive["record"] };
}

describe("an additive model in an artifact (synthetic)", () => {
  it("predicts after a round trip what it predicted before, to the last bit", () => {
    const features = syntheticFeatures(24, 2);
    const predictions = [MODEL, unpackAdditive(throughFiles(packAdditive(MODEL)))].map((model: AdditiveModel) => {
      const predictor = new AdditivePredictor(null, model);
      const embedding = predictor.embed(features);
      return [{}, { utilization: 0.3 }, ...syntheticStates(3)].map((state) => predictor.predict(embedding, state));
    });
    expect(predictions[1]).toEqual(predictions[0]);
  });

  it("has every number either among the tensors or in plain JSON", () => {
    const { record } = packAdditive(MODEL);
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });

  it.each([
    ["kernelScaler.mean", "kernelScaler.mean"],
    ["nodeScaler.scale", "nodeScaler.scale"],
    ["stateScaler.mean", "stateScaler.mean"],
    ["idleState", "idleState"],
    ["gcn.0.weight", '"gcn"'],
    ["correction.1.bias", '"correction"'],
    ["factors.0.weight", '"factors"'],
    ["kernel1.0.weight", '"kernel1"'],
  ])("is refused without its tensor %s, by name", (name, named) => {
    const { params, record } = packAdditive(MODEL);
    const fewer = new Map(params);
    fewer.delete(name);
    const unpack = (): AdditiveModel => unpackAdditive({ params: fewer, record });
    expect(unpack).toThrow(ArtifactError);
    expect(unpack).toThrow(named);
  });
});
