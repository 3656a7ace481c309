import type { OnnxNode } from "../onnx/types.js";

/** Names of nodes from within others grow with the depth, and are many; what they grow from is cut here. */
const MAX_LABEL_LENGTH = 256;

/** Names that no two things have: `wanted`, or else `wanted#2`, `wanted#3`, ... */
export class FreshNames {
  private readonly taken: Set<string>;
  private readonly nextSuffix = new Map<string, number>();

  constructor(taken: Iterable<string>) {
    this.taken = new Set(taken);
  }

  fresh(wanted: string): string {
    let name = wanted;
    while (this.taken.has(name)) {
      const suffix = this.nextSuffix.get(wanted) ?? 2;
      this.nextSuffix.set(wanted, suffix + 1);
      name = `${wanted}#${suffix}`;
    }
    this.taken.add(name);
    return name;
  }
}

/** What stands before the names of everything that comes out of a node. */
export function labelOf({ name, opType }: OnnxNode, length = MAX_LABEL_LENGTH): string {
  return (name === "" ? opType : name).slice(0, length);
}

/** `outer/inner`; a node without a name goes by its operator. */
export function nameWithin(label: string, { name, opType }: OnnxNode): string {
  return `${label}/${name === "" ? opType : name}`;
}
