import type { AlgorithmRule, PoolingRule } from "../algorithms/algorithm.js";
import type { PatternId } from "./patterns.js";
import type { QuantizedFusion } from "./quantized.js";

/**
 * The language in which an engine's fusions are written: plain data, matched against the graph by `match.ts` and
 * applied by `apply.ts`. A rule names its nodes and values by roles.
 */
export interface FusionRule {
  /** What it is called, in `inspect` and in the table of docs/fusion.md. */
  readonly pattern: PatternId;
  /** Rooted at the node that comes last; its operands lead upstream. */
  readonly match: NodePattern;
  /** All of them have to hold. */
  readonly when?: readonly Condition[];
  readonly becomes: Replacement;
}

/** A node of the pattern. Operators are those that kernels have by then, so that what earlier rules made is matched too. */
export interface NodePattern {
  readonly op: string | readonly string[];
  readonly as?: string;
  /** The first operands; those that are not listed may be anything. */
  readonly inputs?: readonly OperandPattern[];
  /** The two operands may come in either order. */
  readonly anyOrder?: true;
  readonly attributes?: Readonly<Record<string, AttributeTest>>;
  /** How many readers its output has, inside the pattern all of them; 1 unless stated. */
  readonly readers?: number;
  /** It may have several outputs, if nothing but the node that reads this one reads any of them. */
  readonly severalOutputs?: true;
}

export type OperandPattern =
  /** Made by a node that has no reader outside of the pattern. */
  | NodePattern
  /** Any value; under one name it is one and the same value throughout the pattern. */
  | { readonly value: string }
  | ConstantPattern;

export interface ConstantPattern {
  readonly constant: string;
  /** A scalar (or one element) of this value, to a thousandth. Elements that a file does not state equal nothing. */
  readonly equals?: number | readonly number[];
  /** It has one element. */
  readonly scalar?: true;
}

export type AttributeTest =
  /** What is left out has the operator's default. */
  | { readonly is: string | number; readonly default?: string | number }
  /** A permutation that swaps the last two axes and keeps the others, or one of five axes that swaps the second and third. */
  | { readonly permutation: "swaps the last two" | "swaps the groups" };

export type Condition =
  /** The kernel has taken in no activation yet. */
  | { readonly noActivation: string }
  /** It reads this many tensors that are computed at run time. */
  | { readonly runtimeInputs: string; readonly count: number }
  /** It reads this many constants. */
  | { readonly constants: string; readonly count: number }
  /** One number per channel of what `of` writes; one number for all only where scalars are stated to do. */
  | { readonly perChannel: string; readonly of: string; readonly scalars: boolean }
  /** Axes of a value, or of what a node writes. */
  | { readonly rank: string; readonly is: number | readonly number[] }
  | { readonly sameShape: readonly [string, string] }
  /** Same shape in and out, so nothing changes. */
  | { readonly keepsShape: string }
  /** What `to` writes has the shape of what `keepsShapeFrom` reads. */
  | { readonly keepsShapeFrom: string; readonly to: string }
  /** A permutation that leaves every axis where it is. */
  | { readonly keepsOrder: string }
  /** No kernel of this operator makes the value. */
  | { readonly madeBy: string; readonly op: string; readonly not: true }
  /** It has one operand. */
  | { readonly readsOneTensor: string }
  /** A reduction over the last axis alone. */
  | { readonly overLastAxis: string }
  /** It is (not) one of the model's outputs. */
  | { readonly isModelOutput: string; readonly not?: true }
  | { readonly layout: string; readonly is: "plain" | "blocked" }
  /** It has (not) taken in a residual addition. */
  | { readonly addsResidual: string; readonly is: boolean }
  /** A pad whose fill is zero. */
  | { readonly padsZeros: string }
  /** It flattens what it reads for a product and restores the axes after it. */
  | { readonly flattens: string }
  /** A product of what three products and an addition read of one norm, or the one whose result is added to it. */
  | { readonly inAttention: string; readonly not: true }
  /** It casts to the type that its input has. */
  | { readonly keepsType: string };

/** What the matched nodes become. */
export type Replacement =
  /** One kernel, which is reported under the node of role `main`. */
  | {
      readonly main: string;
      /** Its operator; that of `main` unless stated. */
      readonly op?: string;
      /** The role whose operator becomes the kernel's activation, or the activation's name. */
      readonly activation?: { readonly of: string } | { readonly named: string };
      readonly addsResidual?: true;
      /** Roles of the constants that it still reads (a node's role stands for all of its constants); all unless stated. */
      readonly weights?: readonly string[];
      /** The engine's operators, where one kernel here stands for several calls. */
      readonly calls?: readonly string[];
    }
  /** Nothing: readers of its output read its first input. */
  | "nothing";

/** Rules that one pass over the graph tries at every node, the first that fits being applied. */
export interface FusionPass {
  readonly name: string;
  /** Whether a node is tried again after a rule was applied to it. */
  readonly repeated?: true;
  readonly rules: readonly FusionRule[];
}

/** Readers of one value that part an axis among them become one kernel of many outputs. */
export interface PartsRule {
  readonly op: "Gather" | "Slice";
  /** Fewer parts stay as they are. */
  readonly atLeast: number;
  readonly becomes: string;
  /** What is called for each part besides. */
  readonly each?: string;
  /** All parts are of one size. */
  readonly equal?: true;
  /** A transposition before them is done to each part, if another one is cancelled by that. */
  readonly passesTransposes?: true;
}

/**
 * Convolutions as indirect matrix products (Dukhan 2019), XNNPACK's and QNNPACK's way: no copy of unfolded windows is made, the
 * product reads its rows through pointers, one for each pixel and tap of the window, anew for each group and each tile of outputs.
 */
export interface IndirectConvolutions {
  /** Taps of the windows that depthwise convolutions have kernels of their own for; others are products of one channel per group. */
  readonly depthwiseTaps: readonly number[];
  /** Output channels of a group that are computed at once. */
  readonly outputTile: number;
}

/**
 * What stays in a core's caches, where it is known to matter: an engine that allocates every output anew, in each run, reads and
 * writes memory that the system has just cleared, and finds less in the caches than one that plans one block for all.
 */
export interface Caching {
  /** Bytes of what a kernel reads, and of what it writes, that cost no more than their turn. */
  readonly activationBytes: number;
  /** Bytes of weights that are still there at the next tile of pixels; the rest is read again. */
  readonly weightBytes: number;
  /** Pixels that a product computes at once. */
  readonly pixelTile: number;
}

/** Kernels that work in a layout of the engine's own, by operator; between it and the plain one it copies. */
export interface OwnLayout {
  /** In no other. */
  readonly needed: readonly string[];
  /** In it or in the plain one, as what they read comes. */
  readonly understood: readonly string[];
  /** Feature maps have it where this divides their channels, and are plain elsewhere. */
  readonly channelsBy?: number;
}

/** All that is known of how an engine fuses. */
export interface EngineFusion {
  readonly engine: string;
  /** What the rules were read off: version, files, documentation. */
  readonly source: string;
  readonly passes: readonly FusionPass[];
  /** Operators that it runs even where all that they read is constant. */
  readonly runsOnConstants?: readonly string[];
  readonly parts: readonly PartsRule[];
  readonly quantized?: QuantizedFusion;
  /** Where its convolutions are known to be of this kind. */
  readonly indirect?: IndirectConvolutions;
  readonly caching?: Caching;
  /** Which algorithm it takes for a convolution, where that is known. */
  readonly algorithm?: AlgorithmRule;
  /** What its pooling takes where channels do not fill vectors, where that is known. */
  readonly pooling?: PoolingRule;
  /** Whether a window that reads beyond its input's edges has the input copied into a larger tensor first. */
  readonly padsByCopy?: boolean;
  /** Where it has one, and when it copies is known. */
  readonly ownLayout?: OwnLayout;
}
