import { describe, expect, it } from "vitest";
import { zooModel } from "../zoo/index.js";
import { SettingsError } from "../settings-file.js";
import { loadModel } from "./models.js";

const PLAN = "plans/any.yaml";

describe("loadModel", () => {
  it.each(["resnet-3", "nasbench201-1234", "fbnet-0380076737677777677773", "fbnetimagenet-0380076737677777677773", "vit-7", "bert-5"])(
    "builds the zoo's %s",
    (id) => {
      expect(loadModel({ zoo: id }, PLAN)).toEqual(zooModel(id));
    },
  );

  it("names the model that is not there, and what there is", () => {
    expect(() => loadModel({ zoo: "resnext-3" }, PLAN)).toThrow(SettingsError);
    expect(() => loadModel({ zoo: "resnext-3" }, PLAN)).toThrow(/^model resnext-3: the zoo has no family resnext, but alexnet, /);
    expect(() => loadModel({ zoo: "nasbench201-20000" }, PLAN)).toThrow(/model nasbench201-20000: NAS-Bench-201 has the indices/);
    expect(() => loadModel({ export: "nothing" }, PLAN)).toThrow(/model nothing: no export nothing/);
  });
});
