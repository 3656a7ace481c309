import { expect, it } from "vitest";
import { costOf, infer, refusal, tensor } from "../../test/helper/operator-case.js";

it("BitCast keeps the shape, changes the type and costs nothing", () => {
  const node = { inputs: [tensor(["N", 3])], attributes: { to: 6 }, opset: 26 };
  expect(infer("BitCast", node)[0]).toMatchObject({ dtype: "int32", shape: ["N", 3], value: null });
  expect(costOf("BitCast", node).bytesWritten).toBe(0);
});

it("BitCast refuses a type of another width, strings and what is no type", () => {
  const inputs = [tensor([3])];
  expect(refusal("BitCast", { inputs, attributes: { to: 7 }, opset: 26 }).code).toBe("invalid-graph");
  expect(refusal("BitCast", { inputs, attributes: { to: 8 }, opset: 26 }).code).toBe("malformed");
  expect(refusal("BitCast", { inputs, attributes: { to: 99 }, opset: 26 }).code).toBe("malformed");
  expect(refusal("BitCast", { inputs, opset: 26 }).code).toBe("malformed");
});
