/**
 * What the names of a pattern stand for: a list that grows at its head and is shared by all the ways to go on from it.
 * Patterns have few names, so looking along the list is as quick as a map, and nothing is copied where one is added.
 */
export class Bindings<Bound> {
  private constructor(
    private readonly name: string,
    private readonly bound: Bound | undefined,
    private readonly before: Bindings<Bound> | null,
  ) {}

  static none<Bound>(): Bindings<Bound> {
    return new Bindings<Bound>("", undefined, null);
  }

  /** undefined: the name stands for nothing yet. */
  get(name: string): Bound | undefined {
    if (this.before === null) return undefined;
    return this.name === name ? this.bound : this.before.get(name);
  }

  /** These and one more; a name that was bound before stands for the new thing. */
  with(name: string, bound: Bound): Bindings<Bound> {
    return new Bindings(name, bound, this);
  }
}
