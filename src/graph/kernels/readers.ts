import type { Draft } from "./draft.js";

/** The drafts that read one value, in the order in which they came, each with how often it does: mostly it is one. */
export class Readers {
  private only: Draft | null;
  private times = 1;
  /** All of them once there were two at a time; then nothing is in `only`. */
  private several: Map<Draft, number> | null = null;

  constructor(first: Draft) {
    this.only = first;
  }

  get size(): number {
    if (this.several !== null) return this.several.size;
    return this.only === null ? 0 : 1;
  }

  has(reader: Draft): boolean {
    return this.several === null ? this.only === reader : this.several.has(reader);
  }

  first(): Draft | undefined {
    if (this.several === null) return this.only ?? undefined;
    const [reader] = this.several.keys();
    return reader;
  }

  list(): readonly Draft[] {
    if (this.several !== null) return [...this.several.keys()];
    return this.only === null ? [] : [this.only];
  }

  add(reader: Draft): void {
    if (this.several !== null) {
      this.several.set(reader, (this.several.get(reader) ?? 0) + 1);
    } else if (this.only === null) {
      this.only = reader;
      this.times = 1;
    } else if (this.only === reader) {
      this.times += 1;
    } else {
      this.several = new Map([
        [this.only, this.times],
        [reader, 1],
      ]);
      this.only = null;
    }
  }

  /** Takes one reading away; false where this draft is no reader. */
  remove(reader: Draft): boolean {
    if (this.several !== null) {
      const times = this.several.get(reader);
      if (times === undefined) return false;
      if (times > 1) this.several.set(reader, times - 1);
      else this.several.delete(reader);
      return true;
    }
    if (this.only !== reader) return false;
    this.times -= 1;
    if (this.times === 0) this.only = null;
    return true;
  }
}
