import type { CsrMatrix, Graph, NodeId, ValueId } from "../types.js";
import type { PatternId } from "./rules/patterns.js";
import type { AlgorithmRule, PoolingRule } from "./algorithms/algorithm.js";
import type { Caching, IndirectConvolutions } from "./rules/rule.js";

/** How the engine lays out a feature map: plain NCHW, blocks of channels (ONNX Runtime's NCHWc), or another engine's own layout. */
export type Layout = "plain" | "blocked" | "own";

export interface KernelInput {
  readonly value: ValueId;
  readonly layout: Layout;
}

/**
 * What the engine really runs: one or more ONNX nodes fused into one call, or a reorder between layouts that stands
 * in no file. Latency is the sum over kernels.
 */
export interface Kernel {
  readonly id: number;
  /** The kernel's type in the engine's own terms: Conv, Gemm, ReorderInput, QuickGelu, ... or the ONNX opType. */
  readonly op: string;
  /** The nodes that it computes, the main one first; empty for a reorder. */
  readonly nodes: readonly NodeId[];
  /** The node that its time is reported under. */
  readonly owner: NodeId;
  readonly layout: Layout;
  /** Tensors computed at run time that it reads. */
  readonly inputs: readonly KernelInput[];
  /** Constants that it reads. */
  readonly weights: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  /** The activation fused into it. */
  readonly activation: string | null;
  /** True when a residual addition is fused into it; the addend is among its inputs. */
  readonly addsResidual: boolean;
  /** The patterns that made it, in the order in which they were applied. */
  readonly patterns: readonly PatternId[];
  /** The engine's operators that it stands for, in order: mostly `op` alone. */
  readonly calls: readonly string[];
}

export interface KernelGraph {
  readonly graph: Graph;
  /** Topologically sorted. */
  readonly kernels: readonly Kernel[];
  /** Directed: row i lists the kernels that read what kernel i writes. */
  readonly adjacency: CsrMatrix;
  /** Node -> the first node of the kernel that computes it, for nodes that are not first themselves. */
  readonly fusedInto: ReadonlyMap<NodeId, NodeId>;
  /** Nodes that vanish without becoming part of any kernel, each with the pattern that removes it. */
  readonly eliminated: ReadonlyMap<NodeId, PatternId>;
  /** How the engine computes convolutions, where it is in this way. */
  readonly indirect?: IndirectConvolutions;
  /** What its caches hold, where that is known to matter. */
  readonly caching?: Caching;
  /** Which algorithm it takes for a convolution, where that is known. */
  readonly algorithm?: AlgorithmRule;
  /** What its pooling takes where channels do not fill vectors, where that is known. */
  readonly pooling?: PoolingRule;
  /** Whether a window that reads beyond its input's edges has the input copied into a larger tensor first. */
  readonly padsByCopy?: boolean;
}
