import type { Part } from "../dataset/row.js";

/** First guess in ms of one item, before any has been timed. */
const GUESS_MS: Readonly<Record<Part, number>> = { sweep: 90, idle: 450, loaded: 900 };
const REPORT_EVERY_MS = 5000;

function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A line on standard error with what is done and the time that remains, by each part's own pace. */
export class Progress {
  private readonly started = performance.now();
  private last = this.started;
  private lastReport = 0;
  private readonly left: Record<Part, number>;
  private readonly total: number;
  private readonly spent: Record<Part, { items: number; ms: number }> = {
    sweep: { items: 0, ms: 0 },
    idle: { items: 0, ms: 0 },
    loaded: { items: 0, ms: 0 },
  };
  private failures = 0;

  constructor(
    items: Readonly<Record<Part, number>>,
    private readonly write: (text: string) => void = (text) => process.stderr.write(text),
  ) {
    this.left = { ...items };
    this.total = items.sweep + items.idle + items.loaded;
  }

  /** One item is done; the time since the last call counts as its own. */
  done(part: Part, outcome: "measured" | "failed"): void {
    const now = performance.now();
    this.spent[part].items += 1;
    this.spent[part].ms += now - this.last;
    this.last = now;
    this.left[part] -= 1;
    if (outcome === "failed") this.failures += 1;
    if (now - this.lastReport < REPORT_EVERY_MS) return;
    this.lastReport = now;
    this.report(part);
  }

  /** Time in ms that an item of this part takes, preparation included. */
  paceMs(part: Part): number {
    const { items, ms } = this.spent[part];
    return items === 0 ? GUESS_MS[part] : ms / items;
  }

  remainingMs(): number {
    return this.left.sweep * this.paceMs("sweep") + this.left.idle * this.paceMs("idle") + this.left.loaded * this.paceMs("loaded");
  }

  report(part: Part): void {
    const left = this.left.sweep + this.left.idle + this.left.loaded;
    const failed = this.failures === 0 ? "" : `, ${this.failures} failed`;
    this.write(
      `${clock(performance.now() - this.started)} ${part}: ${this.total - left} of ${this.total}${failed}, ` +
        `${Math.round(this.paceMs(part))} ms each, ${clock(this.remainingMs())} left\n`,
    );
  }

  summary(): string {
    const parts = (["sweep", "idle", "loaded"] as const).filter((part) => this.spent[part].items > 0);
    const lines = parts.map((part) => `${part}: ${this.spent[part].items} rows, ${this.paceMs(part).toFixed(0)} ms each`);
    return [`${clock(performance.now() - this.started)} in all, ${this.failures} failed`, ...lines].join("\n");
  }
}
