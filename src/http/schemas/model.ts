import { Type } from "typebox";
import type { FusedGraphSummary } from "../../graph/fusion-summary.js";
import { ENGINE_NAMES } from "../../graph/kernels/rules/engines.js";
import type { PatternId } from "../../graph/kernels/rules/patterns.js";
import type { ModelDescription } from "../describe-model.js";

const Dimension = Type.Union([Type.Integer(), Type.String(), Type.Null()], {
  description: "An integer, a symbol's name, or null where unknown.",
});

const Tensor = Type.Object({
  name: Type.String(),
  dtype: Type.Union([Type.String(), Type.Null()]),
  shape: Type.Union([Type.Array(Dimension), Type.Null()], { description: "null where even the rank is unknown." }),
});

const Totals = Type.Object({
  flops: Type.Number({ description: "1 MAC counts as 2 FLOPs." }),
  macs: Type.Number(),
  bytesRead: Type.Number(),
  bytesWritten: Type.Number(),
  parameters: Type.Number(),
  weightBytes: Type.Number(),
  peakActivationBytes: Type.Number(),
  convolutions: Type.Integer(),
  fullyConnected: Type.Integer(),
  batchNorms: Type.Integer(),
});

const Pattern = Type.Unsafe<PatternId>(Type.String({ description: "One of docs/fusion.md." }));

export const EngineSchema = Type.Enum([...ENGINE_NAMES], { description: "The engine whose kernels to tell." });

const Node = Type.Object({
  name: Type.String(),
  domain: Type.String(),
  opType: Type.String(),
  inputs: Type.Array(Type.String(), { description: "Names of tensors; an empty string is an optional input left out." }),
  outputs: Type.Array(Tensor),
  flops: Type.Union([Type.Number(), Type.Null()], { description: "null where the operator or a size is not known." }),
  bytes: Type.Union([Type.Number(), Type.Null()], { description: "Read and written." }),
  parameters: Type.Number(),
  folded: Type.Boolean({ description: "Known before the run, so an engine folds it away." }),
  fusedInto: Type.Union([Type.String(), Type.Null()], { description: "The node whose kernel does this node's work." }),
  kernel: Type.Union([Type.String(), Type.Null()], {
    description: "The kernel that does its work, in the engine's terms; null where it was folded or eliminated.",
  }),
  patterns: Type.Array(Pattern, { description: "The patterns that made this kernel of several nodes, as applied." }),
  eliminatedBy: Type.Union([Pattern, Type.Null()], {
    description: "The pattern by which it vanishes without becoming part of a kernel.",
  }),
});

const MODEL = {
  modelId: Type.String({ description: "sha256 of structure, attributes, shapes and types; weights do not matter." }),
  name: Type.String(),
  producer: Type.String(),
  opsets: Type.Array(Type.Object({ domain: Type.String(), version: Type.Integer() })),
  inputs: Type.Array(Tensor),
  outputs: Type.Array(Tensor),
  totals: Totals,
  unsupported: Type.Array(Type.Object({ operator: Type.String(), count: Type.Integer() }), {
    description: "Operators that are not known, as domain:opType.",
  }),
};

export const modelSchema = (description: string) =>
  Type.Unsafe<ModelDescription>(Type.Object({ ...MODEL, nodeCount: Type.Integer() }, { description }));

const Fusions = {
  engine: EngineSchema,
  kernels: Type.Array(Type.Object({ kernel: Type.String(), count: Type.Integer() }), {
    description: "Kernels that the engine runs, by kind; ONNX Runtime's as with AVX2, reorders among them.",
  }),
  kernelCount: Type.Integer(),
  fusions: Type.Array(Type.Object({ pattern: Pattern, count: Type.Integer(), description: Type.String() }), {
    description: "Patterns that were applied.",
  }),
};

export const GraphSchema = Type.Unsafe<FusedGraphSummary>(
  Type.Object({ ...MODEL, nodes: Type.Array(Node), ...Fusions }),
);
