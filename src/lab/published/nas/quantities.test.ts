import { describe, expect, it } from "vitest";
import { buildGraph } from "../../../graph/build.js";
import { readOnnx } from "../../../onnx/reader.js";
import { zooModel } from "../../zoo/by-id.js";
import { formatCell, type Cell } from "../../zoo/nas/nasbench201-space.js";
import { type NasArchitecture, parseArchitecture } from "./architecture.js";
import { costsOf } from "./costs.js";
import { liveEdges, quantitiesOf, tableColumns } from "./quantities.js";

function cell(...operations: Cell): NasArchitecture {
  return parseArchitecture(formatCell(operations), "nasbench201");
}

const [NONE, SKIP, CONV1, CONV3, POOL] = ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"] as const;

function macs({ zooId }: NasArchitecture): number {
  return buildGraph(readOnnx(zooModel(zooId).onnx)).totals.macs;
}

describe("the costs of an architecture", () => {
  it("differ by the MACs that the zoo's graphs differ by", () => {
    const cells = [cell(NONE, NONE, NONE, NONE, NONE, NONE), cell(CONV3, CONV1, SKIP, POOL, NONE, CONV3)] as const;
    expect(costsOf(cells[1]).macs - costsOf(cells[0]).macs).toBe(macs(cells[1]) - macs(cells[0]));
    const [skips, blocks] = [Array(22).fill(8), Array.from({ length: 22 }, (_, i) => i % 9)].map((choices) => parseArchitecture(choices.join(" "), "fbnet"));
    if (skips === undefined || blocks === undefined) throw new Error("two architectures");
    expect(costsOf(blocks).macs - costsOf(skips).macs).toBe(macs(blocks) - macs(skips));
  });
});

describe("the operations of a cell that count", () => {
  it("are those that reach the output", () => {
    // Node 2 is used by nobody, so neither are the edges into it.
    expect(liveEdges(cell(CONV3, CONV3, CONV1, SKIP, POOL, NONE).choices)).toEqual([true, false, false, true, true, false]);
  });

  it("are counted twice: all of them, and those", () => {
    expect(quantitiesOf(cell(CONV3, CONV3, CONV1, SKIP, POOL, NONE))).toEqual([1, 1, 2, 1, 0, 1, 1, 1]);
  });

  it("are none where no path leads from input to output", () => {
    const columns = tableColumns(cell(NONE, CONV3, NONE, NONE, CONV3, NONE));
    expect(quantitiesOf(cell(NONE, CONV3, NONE, NONE, CONV3, NONE))).toEqual([0, 0, 2, 0, 0, 0, 0, 0]);
    expect(columns.at(-1)).toBe(0);
  });
});

it("a lookup table has a column for each layer and block, and skips have none", () => {
  const columns = tableColumns(parseArchitecture("0 8 1 8 8 8 8 8 8 8 8 8 8 8 8 8 8 8 8 8 8 7", "fbnet"));
  expect(columns).toHaveLength(22 * 8);
  expect([...columns.keys()].filter((column) => columns[column] === 1)).toEqual([0, 17, 21 * 8 + 7]);
});
