import { csrFromEdges } from "../csr.js";
import type { Graph, NodeId, ValueId } from "../types.js";
import type { Draft } from "./draft.js";
import { DraftGraph } from "./draft-graph.js";
import { runPass } from "./apply.js";
import { EVERYTHING_PLAIN, type LayoutResult } from "./layout.js";
import { assignBlockedLayouts, fusePlainResiduals } from "./onnxruntime-layout.js";
import { assignOwnLayout } from "./own-layout.js";
import { joinParts } from "./parts.js";
import { fuseQuantized } from "./quantized.js";
import { LOWERED_ENGINES, type LoweredEngine } from "./rules/engines.js";
import type { EngineFusion } from "./rules/rule.js";
import type { Kernel, KernelGraph, KernelInput, Layout } from "./types.js";

/** What has to be known of an engine on a machine to tell which kernels it runs. */
export interface EngineRules {
  readonly engine: LoweredEngine;
  /**
   * ONNX Runtime's floats in a channel block: 8 with AVX2, 16 with AVX-512, 0 where everything stays plain. Other engines
   * keep their layouts to themselves: the floats in a vector.
   */
  readonly channelBlock: number;
}

/** Graph -> the kernels that the engine runs for it, reorders between layouts included. Linear in the edges. */
export function lowerToKernels(graph: Graph, { engine, channelBlock }: EngineRules): KernelGraph {
  const { passes, parts, quantized, runsOnConstants, indirect, caching, algorithm, pooling, padsByCopy, ownLayout }: EngineFusion = LOWERED_ENGINES[engine];
  const drafts = new DraftGraph(graph, new Set(runsOnConstants));
  drafts.addNodes();
  for (const pass of passes) runPass(drafts, pass);
  joinParts(drafts, parts);
  if (quantized !== undefined) fuseQuantized(drafts, quantized);
  if (engine !== "onnxruntime") {
    const kernels = new Lowering(drafts, ownLayout === undefined ? EVERYTHING_PLAIN : assignOwnLayout(drafts, ownLayout)).run();
    return { ...kernels, ...(indirect && { indirect }), ...(caching && { caching }), ...(algorithm && { algorithm }), ...(pooling && { pooling }), ...(padsByCopy && { padsByCopy }) };
  }
  const layouts = channelBlock > 0 ? assignBlockedLayouts(drafts, channelBlock) : EVERYTHING_PLAIN;
  fusePlainResiduals(drafts);
  return new Lowering(drafts, layouts).run();
}

/** Turns drafts into kernels, putting a reorder wherever a reader wants a layout in which the value does not exist. */
class Lowering {
  private readonly kernels: Kernel[] = [];
  private readonly edges = { rows: [] as number[], columns: [] as number[] };
  /** Kernel that provides a value in a layout. */
  private readonly providers: Readonly<Record<Layout, (number | undefined)[]>>;

  constructor(
    private readonly drafts: DraftGraph,
    private readonly layouts: LayoutResult,
  ) {
    const { values } = drafts.graph;
    // An engine has one layout beside the plain one.
    const other = values.map(() => undefined);
    this.providers = { plain: values.map(() => undefined), blocked: other, own: other };
  }

  run(): KernelGraph {
    const { graph } = this.drafts;
    for (const draft of this.drafts.inTopologicalOrder()) this.emit(draft);
    for (const value of graph.outputs) {
      if (this.layouts.values.has(value)) this.provide(value, "plain", graph.values[value]?.producer ?? 0);
    }
    const fusedInto = new Map<NodeId, NodeId>();
    for (const { nodes, owner } of this.kernels) {
      for (const node of nodes) if (node !== owner) fusedInto.set(node, owner);
    }
    const adjacency = csrFromEdges(this.kernels.length, this.edges);
    return { graph, kernels: this.kernels, adjacency, fusedInto, eliminated: this.drafts.eliminated };
  }

  private emit(draft: Draft): void {
    const owner = draft.nodes[0];
    if (owner === undefined) return;
    const inputs = draft.inputs.map((value, index): KernelInput => ({ value, layout: this.layouts.wants(draft, index) }));
    // Reorders of what it reads come before it.
    for (const { value, layout } of inputs) this.provide(value, layout, owner);
    const { op, nodes, layout, weights, outputs, activation, addsResidual, patterns } = draft;
    const id = this.kernels.length;
    const calls = draft.calls ?? [op];
    this.kernels.push({ id, op, nodes, owner, layout, inputs, weights, outputs, activation, addsResidual, patterns, calls });
    for (const input of inputs) this.connect(this.providers[input.layout][input.value], id);
    for (const value of outputs) this.providers[layout][value] = id;
  }

  /** Sees to it that a kernel provides `value` in `layout`, a new reorder if need be. */
  private provide(value: ValueId, layout: Layout, owner: NodeId): void {
    if (this.providers[layout][value] !== undefined) return;
    // What no kernel keeps in another layout, model inputs among them, is there in the plain one.
    if (layout === "plain" && !this.layouts.values.has(value)) return;
    const other: Layout = layout === "plain" ? this.layouts.layout : "plain";
    const source = this.providers[other][value];
    const op = layout === "plain" ? "ReorderOutput" : "ReorderInput";
    const id = this.kernels.length;
    this.kernels.push({
      id,
      op,
      nodes: [],
      owner: layout === "plain" ? (this.kernels[source ?? -1]?.owner ?? owner) : owner,
      layout,
      inputs: [{ value, layout: other }],
      weights: [],
      outputs: [value],
      activation: null,
      addsResidual: false,
      patterns: [],
      calls: [op],
    });
    this.connect(source, id);
    this.providers[layout][value] = id;
  }

  /** @param source undefined: an input of the model, which no kernel makes. */
  private connect(source: number | undefined, reader: number): void {
    if (source === undefined) return;
    this.edges.rows.push(source);
    this.edges.columns.push(reader);
  }
}
