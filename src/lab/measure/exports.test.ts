import { describe, expect, it } from "vitest";
import { readOnnx } from "../../onnx/reader.js";
import { readExport } from "./exports.js";
import { REAL } from "./plan.js";

describe("a real export", () => {
  it.each(["pytorchcv-resnet18-torchscript17", "pytorchcv-mobilenetv2_w1-torchscript17"])(
    "is read whether it is packed or not: %s",
    (name) => {
      const model = readExport(name);
      expect(model).toMatchObject({ id: name, family: "real" });
      expect(readOnnx(model.onnx).graph.nodes.length).toBeGreaterThan(20);
    },
  );

  it("has the inputs that a caller feeds, and no weights among them", () => {
    for (const name of ["pytorchcv-alexnet-torchscript9", "pytorchcv-vgg16-torchscript9"]) {
      const { inputs } = readExport(name);
      expect(inputs).toHaveLength(1);
      expect(inputs[0]?.shape).toEqual([1, 3, 224, 224]);
    }
  });

  it("is there for every name in the plan of real exports", () => {
    for (const name of REAL.idle.files ?? []) expect(readExport(name).inputs[0]?.shape).toHaveLength(4);
  });

  it.each(["no-such-export", "../../package", ""])("is refused where the corpus has none: %j", (name) => {
    expect(() => readExport(name)).toThrow(RangeError);
  });
});
