import { describe, expect, it } from "vitest";
import { trainableParameters } from "../../../../test/helper/trainable.js";
import { buildGraph } from "../../../graph/build.js";
import { readOnnx } from "../../../onnx/reader.js";
import { buildNasBench201 } from "./nasbench201.js";
import { CELL_COUNT, CELL_OPERATIONS, cellOfIndex, formatCell, indexOfCell, parseCell } from "./nasbench201-space.js";

/** The authors count the classifier's bias as one FLOP a class, and a MAC as one. */
const BIAS_FLOPS = 10;

/**
 * CIFAR-10 FLOPs and parameters in millions: the smallest and the largest of the benchmark (the latter, the cell of six
 * 3x3 convolutions), and what the API answers in github.com/D-X-Y/NATS-Bench/issues/36 (for 12 epochs) and, rounded, issues/18.
 */
const PUBLISHED = [
  ["|none~0|+|none~0|none~1|+|none~0|none~1|none~2|", 7.78305, 0.073306],
  ["|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|", 220.11969, 1.531546],
  ["|skip_connect~0|+|none~0|nor_conv_3x3~1|+|avg_pool_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|", 113.95137, 0.802426],
  ["|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|", 113.95137, 0.802426],
] as const;

describe("the cells of NAS-Bench-201", () => {
  it("have the benchmark's indices", () => {
    // Asserted where the benchmark draws its order (exps/NAS-Bench-201/main.py), index 1 in NATS-Bench's issue 18.
    const known = [
      [0, "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|"],
      [1, "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|"],
      [9, "|avg_pool_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2|"],
      [123, "|avg_pool_3x3~0|+|avg_pool_3x3~0|nor_conv_1x1~1|+|none~0|avg_pool_3x3~1|nor_conv_3x3~2|"],
    ] as const;
    for (const [index, architecture] of known) {
      expect(formatCell(cellOfIndex(index))).toBe(architecture);
      expect(indexOfCell(parseCell(architecture))).toBe(index);
    }
  });

  it("are all there, each once", () => {
    expect(CELL_COUNT).toBe(15_625);
    expect(new Set(Array.from({ length: CELL_COUNT }, (_, index) => formatCell(cellOfIndex(index)))).size).toBe(CELL_COUNT);
  });

  it("refuse what is none of them", () => {
    expect(() => cellOfIndex(CELL_COUNT)).toThrow(/0\.\.15624, not 15625/);
    expect(() => parseCell("|max_pool_3x3~0|+|none~0|none~1|+|none~0|none~1|none~2|")).toThrow(/no architecture/);
    expect(() => parseCell("|none~0|+|none~0|none~0|+|none~0|none~1|none~2|")).toThrow(/no architecture/);
  });
});

describe("buildNasBench201", () => {
  it.each(PUBLISHED)("%s has the published counts", (architecture, megaFlops, megaParameters) => {
    const model = buildNasBench201(indexOfCell(parseCell(architecture)));
    const graph = buildGraph(readOnnx(model.onnx));
    expect(graph.totals.macs + BIAS_FLOPS).toBe(Math.round(megaFlops * 1e6));
    expect(model.info["macs"]).toBe(graph.totals.macs);
    expect(trainableParameters(graph, true)).toBe(Math.round(megaParameters * 1e6));
  });

  it("writes each operation's own nodes", () => {
    const opTypes = (index: number): ReadonlySet<string> => new Set(buildGraph(readOnnx(buildNasBench201(index).onnx)).nodes.map((node) => node.opType));
    const uniform = (name: (typeof CELL_OPERATIONS)[number]): number => indexOfCell(Array.from({ length: 6 }, () => name));
    const skeleton = ["Conv", "Relu", "AveragePool", "Add", "BatchNormalization", "GlobalAveragePool", "Flatten", "Gemm"];
    expect(opTypes(uniform("skip_connect"))).toEqual(new Set(skeleton));
    expect(opTypes(uniform("none"))).toEqual(new Set([...skeleton, "Mul"]));
  });

  it("builds graphs that the service reads whole, the same each time", () => {
    for (let index = 0; index < CELL_COUNT; index += 601) {
      const model = buildNasBench201(index);
      const graph = buildGraph(readOnnx(model.onnx));
      expect([index, graph.unsupported.size, graph.totals.macs]).toEqual([index, 0, model.info["macs"]]);
      expect(graph.outputs.map((id) => graph.values[id]?.fact.shape)).toEqual([[1, 10]]);
      expect(Buffer.compare(buildNasBench201(index).onnx, model.onnx)).toBe(0);
    }
  });
});
