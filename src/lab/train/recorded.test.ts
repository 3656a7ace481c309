import { expect, it } from "vitest";
import { syntheticCorpus } from "../../../test/helper/corpus.js";
import { requireRecorded } from "./recorded.js";

it("trains no predictor that goes by the name of another engine than was recorded", () => {
  const corpus = syntheticCorpus("made up", 1);
  const target = (engine: string) => ({ id: `board.${engine}.float32.1core`, device: "board", engine, precision: "float32", cores: "1core" });
  expect(() => {
    requireRecorded(target(corpus.rules.engine), corpus);
  }).not.toThrow();
  expect(() => {
    requireRecorded(target("mindspore-lite"), corpus);
  }).toThrow("the target board.mindspore-lite.float32.1core is of mindspore-lite, but made up was recorded with onnxruntime");
});
