import type { GraphNode, NodeId } from "../types.js";
import { type Draft, DraftGraph } from "./draft.js";

/**
 * The graph rewrites of ONNX Runtime's CPU provider at optimisation level "all" that change what runs (levels 1 and
 * 2; layouts come after). Read off the optimised graphs of ONNX Runtime 1.32: see docs/decisions.
 */

/** Activations that Conv takes in (FusedConv). */
const CONV_ACTIVATIONS = new Set(["Relu", "Sigmoid", "Tanh", "LeakyRelu", "Clip", "HardSigmoid"]);
/** Activations that Gemm takes in (FusedGemm). */
const GEMM_ACTIVATIONS = new Set(["Relu", "Sigmoid", "Tanh", "LeakyRelu", "Elu", "Softplus", "ThresholdedRelu"]);
/** Operators that vanish: their readers read the input. */
const PASS_THROUGH = new Set(["Identity", "Dropout"]);

interface FusionRule {
  readonly name: string;
  readonly producer: string;
  readonly consumer: (draft: Draft) => boolean;
  readonly when?: (graph: DraftGraph, producer: Draft, consumer: Draft) => boolean;
  readonly apply?: (producer: Draft, consumer: Draft) => void;
}

const setActivation = (producer: Draft, consumer: Draft): void => {
  producer.activation = consumer.op;
};

/** Rules of the form: a single-use output read by a fitting consumer. The first that fits is applied. */
const RULES: readonly FusionRule[] = [
  {
    name: "Conv + BatchNormalization",
    producer: "Conv",
    consumer: ({ op }) => op === "BatchNormalization",
    when: (_, producer) => producer.activation === null,
  },
  {
    name: "Conv * constant",
    producer: "Conv",
    consumer: ({ op, inputs, weights }) => op === "Mul" && inputs.length === 1 && weights.length === 1,
    when: (graph, producer, consumer) =>
      producer.activation === null && isPerChannel(graph, producer, consumer, { scalars: true }),
  },
  {
    name: "Conv + constant",
    producer: "Conv",
    consumer: ({ op, inputs, weights }) => op === "Add" && inputs.length === 1 && weights.length === 1,
    when: (graph, producer, consumer) =>
      producer.activation === null && isPerChannel(graph, producer, consumer, { scalars: false }),
  },
  {
    name: "Conv + activation",
    producer: "Conv",
    consumer: ({ op, inputs }) => CONV_ACTIVATIONS.has(op) && inputs.length === 1,
    when: (_, producer) => producer.activation === null,
    apply: setActivation,
  },
  {
    name: "MatMul + bias",
    producer: "MatMul",
    consumer: ({ op, inputs, weights }) => op === "Add" && inputs.length === 1 && weights.length === 1,
    when: (graph, producer, consumer) =>
      producer.weights.length === 1 && graph.shapeOf(consumer.weights[0]).length === 1,
    apply: (producer) => {
      producer.op = "Gemm";
    },
  },
  {
    name: "Gemm + activation",
    producer: "Gemm",
    consumer: ({ op, inputs }) => GEMM_ACTIVATIONS.has(op) && inputs.length === 1,
    when: (graph, producer) => producer.activation === null && graph.shapeOf(producer.outputs[0]).length === 2,
    apply: setActivation,
  },
  {
    name: "Relu + Clip",
    producer: "Relu",
    consumer: ({ op }) => op === "Clip",
    apply: (producer) => {
      producer.op = "Clip";
    },
  },
  {
    name: "Reshape + Reshape",
    producer: "Reshape",
    consumer: ({ op }) => op === "Reshape",
  },
];

/** Lowers every node that runs to a draft and fuses what levels 1 and 2 fuse. */
export function fuseForOnnxRuntime(graph: DraftGraph): void {
  // All readers have to be known before the first fusion asks how many there are.
  const drafts = graph.graph.nodes.filter((node) => !node.folded).map((node) => graph.addNode(node));
  for (const draft of drafts) simplify(graph, draft);
}

function simplify(graph: DraftGraph, draft: Draft): void {
  if (PASS_THROUGH.has(draft.op)) {
    graph.bypass(draft);
    return;
  }
  if (draft.op === "Conv" && fusePad(graph, draft)) return;
  if (draft.op === "MatMul" && fuseTransposes(graph, draft)) return;
  if (draft.op === "Mul" && fuseGates(graph, draft)) return;
  const producer = graph.soleProducer(draft.inputs[0]);
  if (producer === undefined) return;
  const rule = RULES.find(
    (candidate) =>
      candidate.producer === producer.op &&
      candidate.consumer(draft) &&
      (candidate.when?.(graph, producer, draft) ?? true),
  );
  if (rule === undefined) return;
  rule.apply?.(producer, draft);
  graph.fuseIntoProducer(producer, draft);
}

/** A Pad with zeros before a Conv becomes the Conv's padding. */
function fusePad(graph: DraftGraph, conv: Draft): boolean {
  const pad = graph.soleProducer(conv.inputs[0]);
  if (pad?.op !== "Pad" || pad.inputs.length !== 1) return false;
  const node = nodeOf(graph, pad.nodes[0]);
  const mode = node?.rawAttributes.get("mode");
  if (mode?.kind === "string" && mode.value !== "constant") return false;
  // An input since opset 11, an attribute before.
  const fill = node?.inputs[2];
  const attribute = node?.rawAttributes.get("value");
  const stated = attribute?.kind === "float" ? attribute.value : 0;
  const value = fill === null || fill === undefined ? stated : graph.graph.values[fill]?.fact.value?.[0];
  if (value !== 0) return false;
  graph.absorbProducer(pad, conv);
  return true;
}

/** A transposition of the last two axes before a MatMul is read in place (FusedMatMul). */
function fuseTransposes(graph: DraftGraph, matmul: Draft): boolean {
  for (const input of matmul.inputs) {
    const transpose = graph.soleProducer(input);
    if (transpose?.op !== "Transpose") continue;
    const perm = nodeOf(graph, transpose.nodes[0])?.rawAttributes.get("perm");
    if (perm?.kind !== "ints" || !swapsLastTwo(perm.value)) continue;
    graph.absorbProducer(transpose, matmul);
    return true;
  }
  return false;
}

function swapsLastTwo(perm: readonly number[]): boolean {
  const rank = perm.length;
  return rank >= 2 && perm.every((axis, i) => axis === (i < rank - 2 ? i : i === rank - 2 ? rank - 1 : rank - 2));
}

/** x * Sigmoid(x) is one kernel, QuickGelu; x * HardSigmoid(x) is a hard swish, of two kernels counted as one. */
const GATES: ReadonlyMap<string, string> = new Map([
  ["Sigmoid", "QuickGelu"],
  ["HardSigmoid", "HardSwish"],
]);

function fuseGates(graph: DraftGraph, mul: Draft): boolean {
  for (const [gateAt, dataAt] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const gate = graph.soleProducer(mul.inputs[gateAt]);
    const data = mul.inputs[dataAt];
    const fused = gate === undefined ? undefined : GATES.get(gate.op);
    if (gate === undefined || fused === undefined || data === undefined || gate.inputs[0] !== data) continue;
    graph.fuseIntoProducer(gate, mul);
    gate.op = fused;
    return true;
  }
  return false;
}

/** True for a constant that scales or shifts whole channels of an NCHW tensor. */
function isPerChannel(graph: DraftGraph, conv: Draft, consumer: Draft, { scalars }: { scalars: boolean }): boolean {
  const shape = graph.shapeOf(consumer.weights[0]);
  const channels = graph.shapeOf(conv.outputs[0])[1];
  const elements = shape.reduce<number>((product, dim) => (typeof dim === "number" ? product * dim : NaN), 1);
  if (elements === 1) return scalars;
  const spatial = graph.shapeOf(conv.outputs[0]).length - 2;
  return elements === channels && shape.length > spatial && shape[shape.length - spatial - 1] === channels;
}

function nodeOf(graph: DraftGraph, id: NodeId | undefined): GraphNode | undefined {
  return id === undefined ? undefined : graph.graph.nodes[id];
}
