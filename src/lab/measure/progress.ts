/** A line on standard error at most so often. */
const REPORT_EVERY_MS = 5000;

function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

interface Tally {
  left: number;
  items: number;
  ms: number;
}

/** A line on standard error with what is done and the time that remains, by each part's own pace. */
export class Progress<P extends string> {
  private readonly started = performance.now();
  private last = this.started;
  private lastReport = 0;
  private readonly tallies: ReadonlyMap<P, Tally>;
  private readonly total: number;
  private failures = 0;

  /**
   * @param items how many of each part are open
   * @param guessMs what an item of a part takes, until one has been timed
   */
  constructor(
    items: ReadonlyMap<P, number>,
    private readonly guessMs: (part: P) => number,
    private readonly write: (text: string) => void = (text) => process.stderr.write(text),
  ) {
    this.tallies = new Map([...items].map(([part, left]) => [part, { left, items: 0, ms: 0 }]));
    this.total = [...items.values()].reduce((sum, count) => sum + count, 0);
  }

  /** One item is done; the time since the last call counts as its own. */
  done(part: P, outcome: "measured" | "failed"): void {
    const now = performance.now();
    const tally = this.tallies.get(part);
    if (tally === undefined) throw new RangeError(`no part ${part} in this run`);
    tally.items += 1;
    tally.ms += now - this.last;
    tally.left -= 1;
    this.last = now;
    if (outcome === "failed") this.failures += 1;
    if (now - this.lastReport < REPORT_EVERY_MS) return;
    this.lastReport = now;
    this.report(part);
  }

  /** Time in ms that an item of this part takes, preparation included. */
  paceMs(part: P): number {
    const { items, ms } = this.tallies.get(part) ?? { items: 0, ms: 0 };
    return items === 0 ? this.guessMs(part) : ms / items;
  }

  remainingMs(): number {
    return [...this.tallies].reduce((sum, [part, { left }]) => sum + left * this.paceMs(part), 0);
  }

  report(part: P): void {
    const left = [...this.tallies.values()].reduce((sum, tally) => sum + tally.left, 0);
    const failed = this.failures === 0 ? "" : `, ${this.failures} failed`;
    this.write(
      `${clock(performance.now() - this.started)} ${part}: ${this.total - left} of ${this.total}${failed}, ` +
        `${Math.round(this.paceMs(part))} ms each, ${clock(this.remainingMs())} left\n`,
    );
  }

  summary(): string {
    const parts = [...this.tallies].filter(([, { items }]) => items > 0);
    const lines = parts.map(([part, { items }]) => `${part}: ${items} rows, ${this.paceMs(part).toFixed(0)} ms each`);
    return [`${clock(performance.now() - this.started)} in all, ${this.failures} failed`, ...lines].join("\n");
  }
}
