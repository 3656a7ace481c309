import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { concat, delimited, int, tag, text, varint } from "../../test/helper/protobuf.js";
import { OnnxReader } from "./reader.js";
import type { OnnxModel } from "./types.js";

const MIB = 2 ** 20;
const WEIGHT_BYTES = 256 * MIB;
const MAX_GROWTH_BYTES = 32 * MIB;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes that the process holds for JavaScript values and buffers, without what waits to be collected. */
function held(): number {
  // What the first round finalises, such as array buffers, the second one frees.
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** A field whose payload begins with these bytes and goes on with `following` bytes that are still to come. */
function opened(field: number, begin: Uint8Array, following: number): Uint8Array {
  return concat(tag(field, 2), varint(begin.length + following), begin);
}

/** Reads a file of this head and the weights after it in chunks of 64 KiB; checks how much more was held on the way. */
function readWithWeights(head: Uint8Array): OnnxModel {
  const reader = new OnnxReader();
  const before = held();
  let most = before;
  reader.push(head);
  for (let sent = 0; sent < WEIGHT_BYTES; sent += 65_536) {
    reader.push(new Uint8Array(65_536).fill(sent & 0xff));
    if (sent % (16 * MIB) === 0) most = Math.max(most, held());
  }
  expect(most - before).toBeLessThan(MAX_GROWTH_BYTES);
  return reader.end();
}

describe("256 MiB of weights are not held", () => {
  const weights = opened(9, new Uint8Array(0), WEIGHT_BYTES);
  const header = concat(int(1, 8), delimited(8, int(2, 17)));

  it("in an initializer", () => {
    const tensor = opened(5, concat(int(1, 8192), int(1, 8192), int(2, 1), text(8, "w"), weights), WEIGHT_BYTES);
    const model = readWithWeights(concat(header, opened(7, tensor, WEIGHT_BYTES)));
    expect(model.graph.initializers).toEqual([{ name: "w", dtype: "float32", dims: [8192, 8192], values: null, external: false }]);
    expect(model.fileBytes).toBeGreaterThan(WEIGHT_BYTES);
  });

  it("in the value of a Constant node", () => {
    const attribute = opened(5, concat(text(1, "value"), opened(5, concat(int(2, 1), weights), WEIGHT_BYTES)), WEIGHT_BYTES);
    const node = opened(1, concat(text(4, "Constant"), attribute), WEIGHT_BYTES);
    const model = readWithWeights(concat(header, opened(7, node, WEIGHT_BYTES)));
    expect(model.graph.nodes[0]?.attributes.get("value")).toMatchObject({ kind: "tensor", value: { values: null } });
  });

  it("as packed floats", () => {
    const floats = opened(4, new Uint8Array(0), WEIGHT_BYTES);
    const model = readWithWeights(concat(header, opened(7, opened(5, concat(int(2, 1), floats), WEIGHT_BYTES), WEIGHT_BYTES)));
    expect(model.graph.initializers[0]?.values).toBeNull();
  });

  it("in many tensors that are small enough to be looked at", () => {
    const tensor = delimited(5, int(1, 4096), int(2, 7), delimited(9, new Uint8Array(32_768)));
    const count = WEIGHT_BYTES / tensor.length;
    const reader = new OnnxReader();
    const before = held();
    reader.push(concat(header, tag(7, 2), varint(Math.floor(count) * tensor.length)));
    for (let i = 1; i <= count; i += 1) reader.push(tensor);
    expect(held() - before).toBeLessThan(MAX_GROWTH_BYTES);
    const { initializers } = reader.end().graph;
    expect(initializers[0]?.values).toHaveLength(4096);
    expect(initializers.at(-1)?.values).toBeNull();
  });
});
