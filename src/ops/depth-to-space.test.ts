import { expect, it } from "vitest";
import { moves, run, tensor } from "../../test/helper/operators.js";

it("moves channels to space and back", () => {
  expect(run("DepthToSpace", 13, [tensor(["N", 12, 4, "W"])], { blocksize: 2 }).shape).toEqual(["N", 3, 8, null]);
  expect(run("SpaceToDepth", 13, [tensor(["N", 3, 8, 6])], { blocksize: 2 }).shape).toEqual(["N", 12, 4, 3]);
  expect(run("DepthToSpace", 13, [tensor(null)], { blocksize: 2 }).shape).toEqual([null, null, null, null]);
});

it("reads and writes everything once", () => {
  expect(run("DepthToSpace", 13, [tensor([1, 4, 2, 2])], { blocksize: 2 }).cost()).toEqual(moves(64, 64));
});

it("refuses a block that does not divide, a block of 0 and other ranks", () => {
  expect(() => run("DepthToSpace", 13, [tensor([1, 3, 4, 4])], { blocksize: 2 })).toThrow("no multiple of 4");
  expect(() => run("SpaceToDepth", 13, [tensor([1, 3, 5, 4])], { blocksize: 2 })).toThrow("no multiple of 2");
  expect(() => run("SpaceToDepth", 13, [tensor([1, 3, 5, 4])], { blocksize: 0 })).toThrow("blocksize of 0");
  expect(() => run("SpaceToDepth", 13, [tensor([3, 4, 4])], { blocksize: 2 })).toThrow("4 dimensions");
});
