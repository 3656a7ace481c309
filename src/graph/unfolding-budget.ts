import type { OnnxAttribute, OnnxNode } from "../onnx/types.js";
import { ModelError } from "../wire/errors.js";

/** Nodes visited while functions are opened; a few functions that call each other twice can ask for any number. */
const MAX_VISITED_NODES = 500_000;
/** Roughly what the opened nodes may take in memory, and what walking over all of them may touch. */
const MAX_BYTES = 64 * 1024 * 1024;
const BYTES_PER_NODE = 64;
const BYTES_PER_REFERENCE = 16;
const BYTES_PER_NUMBER = 8;

/** What opening the functions of one model has asked for so far: a small file can describe a graph of any size. */
export class UnfoldingBudget {
  private visited = 0;
  private bytes = 0;
  private readonly weights = new WeakMap<OnnxAttribute, number>();

  /** @throws ModelError("limit-exceeded") */
  countVisit(): void {
    this.visited += 1;
    if (this.visited <= MAX_VISITED_NODES) return;
    throw new ModelError("limit-exceeded", `functions unfold to more than ${MAX_VISITED_NODES} nodes`);
  }

  /**
   * Counts one more copy of a node, before it is made.
   * @param labelLength characters that each of its names gets in front
   * @throws ModelError("limit-exceeded")
   */
  spend(node: OnnxNode, attributes: ReadonlyMap<string, OnnxAttribute>, labelLength: number): void {
    this.bytes += BYTES_PER_NODE;
    for (const attribute of attributes.values()) this.bytes += this.weightOf(attribute);
    this.spendNames([node.name, ...node.inputs, ...node.outputs], labelLength);
  }

  /** Counts copies of names. @throws ModelError("limit-exceeded") */
  spendNames(names: readonly string[], labelLength: number): void {
    this.bytes += names.length * (BYTES_PER_REFERENCE + labelLength);
    for (const name of names) this.bytes += name.length;
    if (this.bytes <= MAX_BYTES) return;
    throw new ModelError("limit-exceeded", `functions unfold to more than ${MAX_BYTES} bytes`);
  }

  private weightOf(attribute: OnnxAttribute): number {
    const known = this.weights.get(attribute);
    if (known !== undefined) return known;
    const weight = BYTES_PER_REFERENCE + sizeOf(attribute);
    this.weights.set(attribute, weight);
    return weight;
  }
}

function sizeOf(attribute: OnnxAttribute): number {
  switch (attribute.kind) {
    case "string":
      return attribute.value.length;
    case "strings":
      return attribute.value.reduce((sum, text) => sum + BYTES_PER_REFERENCE + text.length, 0);
    case "ints":
    case "floats":
      return BYTES_PER_NUMBER * attribute.value.length;
    case "tensor":
      return BYTES_PER_NUMBER * (attribute.value.dims.length + (attribute.value.values?.length ?? 0));
    default:
      return 0;
  }
}
