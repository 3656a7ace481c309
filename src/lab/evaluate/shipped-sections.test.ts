import { expect, it } from "vitest";
import { shippedTarget } from "./shipped-sections.js";

it("finds the shipped predictor of a dataset, and the default one for data that none was trained on", async () => {
  const [hundredStates, other] = [await shippedTarget("weights", "epyc-genoa-onnxruntime"), await shippedTarget("weights", "mine")];
  expect(hundredStates?.info.target).toBe("epyc-genoa.onnxruntime.float32.1core");
  expect(other?.info.target).toBe("epyc-avx512.onnxruntime.float32.1core");
});
