import { ModelError } from "../wire/errors.js";
import type { Limits } from "../wire/limits.js";
import type { DataType } from "./dtype.js";

/** What one file has used so far of its limits. */
export class Budget {
  private nodes = 0;
  private listItems = 0;
  private keptElements = 0;
  private textBytes = 0;

  constructor(readonly limits: Limits) {}

  /** @throws ModelError("limit-exceeded") */
  countNode(): void {
    this.nodes += 1;
    if (this.nodes > this.limits.maxNodes) {
      throw new ModelError("limit-exceeded", `the model has more than ${this.limits.maxNodes} nodes`);
    }
  }

  /** @throws ModelError("limit-exceeded") */
  countListItem(): void {
    this.listItems += 1;
    if (this.listItems > this.limits.maxListItems) {
      throw new ModelError("limit-exceeded", `the model's lists have more than ${this.limits.maxListItems} elements`);
    }
  }

  /** @throws ModelError("limit-exceeded") */
  checkRank(rank: number, owner: string): void {
    if (rank <= this.limits.maxRank) return;
    throw new ModelError("limit-exceeded", `"${owner}" has more than ${this.limits.maxRank} dimensions`, { field: owner });
  }

  /** Whether one more string attribute of this length may be kept; if so, it is counted. */
  keepText(byteLength: number): boolean {
    if (byteLength > this.limits.maxStringBytes || this.textBytes + byteLength > this.limits.maxTextBytes) return false;
    this.textBytes += byteLength;
    return true;
  }

  /** How many elements a tensor may have for its values to be kept. */
  elementsFor(dtype: DataType): number {
    return INDEX_TYPES.has(dtype) ? this.limits.maxIndexElements : this.limits.maxOtherElements;
  }

  /** Whether the values of one more tensor may be kept; if so, they are counted. */
  keep(elements: number): boolean {
    if (this.keptElements + elements > this.limits.maxKeptElements) return false;
    this.keptElements += elements;
    return true;
  }
}

const INDEX_TYPES: ReadonlySet<DataType> = new Set<DataType>(["int32", "int64", "uint32", "uint64", "bool"]);
