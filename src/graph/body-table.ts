import type { OnnxGraph, OnnxType, OnnxValueInfo } from "../onnx/types.js";
import { UNKNOWN_FACT } from "../ops/facts.js";
import type { Bodies, BodyRun, Cost, ValueFact } from "../ops/operator.js";
import { checkedAdd } from "../shapes/dims.js";
import { ModelError } from "../wire/errors.js";
import type { InferredNode } from "./build-inference.js";
import { wireGraph, type WiredNode, type Wiring } from "./build-wiring.js";
import { freeNames } from "./captures.js";

/** A subgraph as it was inferred last. */
export interface Body extends BodyRun {
  readonly wiring: Wiring;
  readonly nodes: readonly InferredNode[];
  /** By ValueId of its own wiring. */
  readonly facts: readonly ValueFact[];
}

/** Infers a graph's nodes when some of its values are known beforehand. */
export type InferBody = (wiring: Wiring, given: ReadonlyMap<number, ValueFact>) => Pick<Body, "nodes" | "facts">;

/**
 * Nodes of subgraphs that are inferred more than once, in all: each loop asks for its body a few times, so loops in loops
 * ask for the innermost as often as powers of their depth.
 */
const MAX_REPEATED_NODES = 20_000;

/** The subgraphs of a model: wired once each, inferred as often as their nodes ask for it. */
export class BodyTable {
  private readonly wirings = new Map<OnnxGraph, Wiring>();
  private readonly bodies = new Map<OnnxGraph, Body>();
  private repeatedNodes = 0;

  constructor(private readonly inferBody: InferBody) {}

  /** What was inferred last of each subgraph that may run. */
  get inferred(): ReadonlyMap<OnnxGraph, Body> {
    return this.bodies;
  }

  /** The graphs among a node's attributes, for its operator. */
  of(node: WiredNode, facts: readonly ValueFact[]): Bodies {
    return {
      infer: (body, inputs) => this.infer(this.wiringOf(body, node), body, inputs, node, facts),
      attempt: (body, inputs) => {
        const wiring = this.wiringOf(body, node);
        return this.attempt(body, () => this.infer(wiring, body, inputs, node, facts));
      },
      last: (body) => this.last(body),
      mayRepeat: () => this.repeatedNodes <= MAX_REPEATED_NODES,
    };
  }

  /** What was inferred last; null where nothing was, or an attempt failed. */
  last(body: OnnxGraph): Body | null {
    return this.bodies.get(body) ?? null;
  }

  private attempt(body: OnnxGraph, run: () => BodyRun): BodyRun | null {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof ModelError) || error.code !== "invalid-graph") throw error;
      this.bodies.delete(body);
      return null;
    }
  }

  private infer(
    wiring: Wiring,
    body: OnnxGraph,
    inputs: readonly ValueFact[],
    { captured }: WiredNode,
    around: readonly ValueFact[],
  ): Body {
    if (inputs.length !== wiring.inputs.length) {
      const message = `a subgraph has ${wiring.inputs.length} inputs where ${inputs.length} are given`;
      throw new ModelError("invalid-graph", message, { field: body.name });
    }
    if (this.bodies.has(body)) this.repeatedNodes += 1 + body.nodes.length;
    const given = new Map<number, ValueFact>();
    for (const [at, id] of wiring.inputs.entries()) given.set(id, inputs[at] ?? UNKNOWN_FACT);
    for (const [name, id] of wiring.captured) given.set(id, around[captured.get(name) ?? -1] ?? UNKNOWN_FACT);
    const { nodes, facts } = this.inferBody(wiring, given);
    const outputs = wiring.outputs.map((id) => facts[id] ?? UNKNOWN_FACT);
    const inferred = { wiring, nodes, facts, outputs, cost: costOf(nodes) };
    this.bodies.set(body, inferred);
    return inferred;
  }

  private wiringOf(body: OnnxGraph, { opsets }: WiredNode): Wiring {
    const known = this.wirings.get(body);
    if (known !== undefined) return known;
    const nodes = body.nodes.map((node) => ({ node, opsets: node.opsets ?? opsets }));
    const wiring = wireGraph(withoutSymbols(body), nodes, freeNames(body));
    this.wirings.set(body, wiring);
    return wiring;
  }
}

function costOf(nodes: readonly InferredNode[]): Cost | null {
  const sum = { macs: 0, flops: 0, bytesRead: 0, bytesWritten: 0 };
  for (const { cost } of nodes) {
    if (cost === null) return null;
    sum.macs = checkedAdd(sum.macs, cost.macs);
    sum.flops = checkedAdd(sum.flops, cost.flops);
    sum.bytesRead = checkedAdd(sum.bytesRead, cost.bytesRead);
    sum.bytesWritten = checkedAdd(sum.bytesWritten, cost.bytesWritten);
  }
  return sum;
}

/** A symbol that a body states may stand for another size in each iteration. */
function withoutSymbols(body: OnnxGraph): OnnxGraph {
  const bare = (info: OnnxValueInfo): OnnxValueInfo => ({ ...info, ...withoutSymbolsIn(info) });
  return {
    ...body,
    inputs: body.inputs.map(bare),
    outputs: body.outputs.map(bare),
    valueInfo: body.valueInfo.map(bare),
  };
}

function withoutSymbolsIn({ dtype, shape, container }: OnnxType): OnnxType {
  const open = shape?.map((dim) => (typeof dim === "string" ? null : dim)) ?? null;
  if (container === undefined) return { dtype, shape: open };
  return { dtype, shape: open, container: { kind: container.kind, element: withoutSymbolsIn(container.element) } };
}
