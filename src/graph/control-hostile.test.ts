import { expect, it } from "vitest";
import { optionalValue, sequenceValue } from "../../test/helper/built.js";
import { graphAttribute, graphOf, modelOf, nodeOf, tensorOf, valueOf } from "../../test/helper/onnx.js";
import type { OnnxAttribute, OnnxGraph, OnnxNode } from "../onnx/types.js";
import { ModelError } from "../wire/errors.js";
import { buildGraph } from "./build.js";

const OPERATORS = [
  "If", "Loop", "Scan", "SequenceMap", "SequenceConstruct", "SequenceEmpty", "SequenceInsert", "SequenceErase", "SequenceAt",
  "SequenceLength", "ConcatFromSequence", "SplitToSequence", "Optional", "OptionalGetElement", "OptionalHasElement",
  "Identity", "Concat", "Shape", "Add", "Unsqueeze", "Unheard",
];
const CONTROL: ReadonlySet<string> = new Set(["If", "Loop", "Scan", "SequenceMap"]);
const NAMES = ["x", "s", "o", "c", "n", "zero", "", "a", "b", "d", "e", "f", "__proto__"];
const DEEPEST = 4;

/** Numbers in [0, below), the same for the same seed (xorshift). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

class Nonsense {
  private fresh = 0;
  private readonly pick: (below: number) => number;

  constructor(seed: number) {
    this.pick = random(seed);
  }

  graph(depth: number): OnnxGraph {
    const inputs = this.some(3).map(() => valueOf(this.name(), null, null));
    const nodes = [0, ...this.some(3)].map(() => this.node(depth + 1));
    return graphOf({ inputs, nodes, outputs: this.some(4).map(() => this.name()) });
  }

  node(depth: number): OnnxNode {
    const attributes: Record<string, number | OnnxAttribute> = { axis: this.pick(5) - 2, num_scan_inputs: this.pick(3) };
    const opType = OPERATORS[this.pick(OPERATORS.length)] ?? "";
    const graphs = opType === "If" ? ["then_branch", "else_branch"] : ["body"];
    if (depth < DEEPEST && CONTROL.has(opType)) {
      for (const name of graphs) attributes[name] = graphAttribute(this.graph(depth));
    }
    const inputs = this.some(4).map(() => this.name());
    return nodeOf(opType, inputs, this.some(3).map(() => `t${this.fresh++}`), { attributes });
  }

  private some(below: number): readonly number[] {
    return [...new Array<number>(this.pick(below + 1)).keys()];
  }

  /** Of something around, or of what was made before. */
  private name(): string {
    return this.fresh > 0 && this.pick(2) === 0 ? `t${this.pick(this.fresh)}` : (NAMES[this.pick(7)] ?? "");
  }
}

it("answers any nonsense about subgraphs and sequences with a graph or a clear error", () => {
  let built = 0;
  for (let seed = 1; seed <= 1500; seed++) {
    const nonsense = new Nonsense(seed);
    const model = modelOf({
      inputs: [valueOf("x", [2, 3]), sequenceValue("s", [2, 3]), optionalValue("o", [2]), valueOf("c", [], "bool"), valueOf("n", [], "int64")],
      initializers: [tensorOf("zero", [], [0])],
      nodes: [nonsense.node(0), nonsense.node(0)],
      opset: 21,
    });
    try {
      buildGraph(model);
      built++;
    } catch (error) {
      if (!(error instanceof ModelError)) throw new Error(`seed ${seed}`, { cause: error });
    }
  }
  expect(built).toBeGreaterThan(100);
});
