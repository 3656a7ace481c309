import { describe, expect, it } from "vitest";
import { coreMask, programLacks } from "./benchmark-program.js";
import { COMMAND_LINES } from "./command-lines.js";

const JOB = { folder: "/m", inputs: [{ name: "x", shape: [1, 3, 224, 160] }], warmup: 3, runs: 30, threads: 2 };

describe("benchncnn's command line", () => {
  it("gives width, height, channels of every input", () => {
    const inputs = [...JOB.inputs, { name: "y", shape: [1, 10] }];
    expect(COMMAND_LINES.ncnn.args({ ...JOB, inputs })).toEqual(["30", "2", "0", "-1", "0", "param=/m/model.ncnn.param", "shape=[160,224,3],[10]"]);
  });

  it("cannot be made for a batch", () => {
    const inputs = [{ name: "x", shape: [4, 3, 8, 8] }];
    expect(() => COMMAND_LINES.ncnn.args({ ...JOB, inputs })).toThrow(/no batch: input x has 4/);
  });
});

describe("taskset's mask", () => {
  it("has a bit for each core, beyond 32 too", () => {
    expect(coreMask([0])).toBe("1");
    expect(coreMask([4, 5, 6, 7])).toBe("f0");
    expect(coreMask([40])).toBe("10000000000");
  });
});

describe("a benchmark program that is not there", () => {
  it("is asked for with the place in the device file", () => {
    expect(programLacks("tflite", undefined)).toMatch(/no benchmark_model: build .* under reach\.programs\.tflite/);
    expect(programLacks("ncnn", "/no/such/folder")).toMatch(/no benchncnn in \/no\/such\/folder/);
  });
});
