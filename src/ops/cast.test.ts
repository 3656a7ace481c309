import { expect, it } from "vitest";
import { fact } from "./facts.js";
import { moves, run, tensor, vector } from "../../test/helper/operators.js";

const FLOAT32 = 1;
const INT32 = 6;
const INT64 = 7;
const BOOL = 9;
const FLOAT16 = 10;

it("changes the type alone and costs bytes on both sides", () => {
  const result = run("Cast", 13, [tensor([2, 5])], { to: FLOAT16 });
  expect(result).toMatchObject({ dtype: "float16", shape: [2, 5] });
  expect(result.cost()).toEqual(moves(40, 20));
});

it("keeps what is known of shapes through casts to floats and back", () => {
  expect(run("Cast", 13, [vector("N", 3)], { to: FLOAT32 }).value).toEqual(["N", 3]);
  const floats = fact("float32", [3], { value: [2.9, -2.9, "N"] });
  expect(run("Cast", 13, [floats], { to: INT64 }).value).toEqual([2, -2, "N"]);
  expect(run("Cast", 13, [vector(0, 5, "N")], { to: BOOL }).value).toEqual([0, 1, null]);
});

it("does not pretend to know what the new type cannot hold", () => {
  expect(run("Cast", 13, [vector(2 ** 40)], { to: INT32 }).value).toEqual([null]);
  const odd = fact("float32", [2], { value: [Number.NaN, Number.POSITIVE_INFINITY] });
  expect(run("Cast", 13, [odd], { to: INT64 }).value).toEqual([null, null]);
});

it("reads opset 1's names of types", () => {
  expect(run("Cast", 1, [tensor([2])], { to: "DOUBLE" }).dtype).toBe("float64");
  expect(run("Cast", 1, [tensor([2])], { to: "INT64" }).dtype).toBe("int64");
});

it("refuses types that ONNX does not define", () => {
  expect(() => run("Cast", 13, [tensor([2])], { to: 99 })).toThrow("names no type");
  expect(() => run("Cast", 1, [tensor([2])], { to: "constructor" })).toThrow("names no type");
});

it("takes the type of another tensor", () => {
  expect(run("CastLike", 15, [tensor([2]), tensor([], "int32")])).toMatchObject({ dtype: "int32", shape: [2] });
});
