import { expect, it } from "vitest";
import { parseCpuList } from "./cpu-list.js";
import { StateError } from "./state-error.js";

it("reads lists and ranges of cores, each once, ascending", () => {
  expect(parseCpuList("4,0-2, 1")).toEqual([0, 1, 2, 4]);
});

it.each(["", "a", "3-1", "0-99999", "1,,2", "-1"])("refuses %j", (text) => {
  expect(() => parseCpuList(text)).toThrow(StateError);
});
