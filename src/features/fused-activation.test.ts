import { expect, it } from "vitest";
import { activationCost } from "./fused-activation.js";

it("is free where the convolution's kernel does it, and what a function costs where nothing is known", () => {
  expect([null, "Relu", "Clip", "HardSwish", "Sigmoid", "Anything"].map(activationCost)).toEqual(["none", "none", "clamp", "piecewise", "exponential", "exponential"]);
});
