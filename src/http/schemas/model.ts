import { Type } from "typebox";
import type { GraphSummary } from "../../graph/summary.js";
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

export const GraphSchema = Type.Unsafe<GraphSummary>(Type.Object({ ...MODEL, nodes: Type.Array(Node) }));
