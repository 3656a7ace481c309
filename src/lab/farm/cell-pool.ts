import type { Cell } from "../plans/plan-row.js";

/** The cells that some devices share. A cell is out with one device at a time, until it is done or given back. */
export class CellPool {
  private readonly waiting: Cell[];
  private readonly out = new Set<Cell>();
  private wake: (() => void)[] = [];

  constructor(cells: readonly Cell[]) {
    this.waiting = [...cells];
  }

  /**
   * The next cell that a device can do. Waits while others have such cells out, for they may give them back; null once
   * none is left, or `stop` is aborted.
   */
  async take(can: (cell: Cell) => boolean, stop: AbortSignal): Promise<Cell | null> {
    for (;;) {
      if (stop.aborted) return null;
      const at = this.waiting.findIndex(can);
      const [cell] = at === -1 ? [] : this.waiting.splice(at, 1);
      if (cell !== undefined) {
        this.out.add(cell);
        return cell;
      }
      if (![...this.out].some(can)) return null;
      await this.change(stop);
    }
  }

  done(cell: Cell): void {
    this.out.delete(cell);
    this.notify();
  }

  /** To be done before all others. */
  giveBack(cell: Cell): void {
    this.out.delete(cell);
    this.waiting.unshift(cell);
    this.notify();
  }

  private change(stop: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      stop.addEventListener("abort", () => resolve(), { once: true });
      this.wake.push(resolve);
    });
  }

  private notify(): void {
    const { wake } = this;
    this.wake = [];
    for (const resolve of wake) resolve();
  }
}
