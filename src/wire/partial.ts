/** The part that has arrived of a field which spans chunks. It grows with what arrives, never to a declared size. */
export class PartialField {
  private buffer = Buffer.alloc(64);
  private used = 0;

  /** How many bytes have arrived. */
  get length(): number {
    return this.used;
  }

  /** The bytes that have arrived, from 0 to `length`; valid until the next append. */
  get bytes(): Buffer {
    return this.buffer;
  }

  append(chunk: Buffer, start: number, end: number): void {
    const needed = this.used + end - start;
    if (needed > this.buffer.length) {
      const grown = Buffer.alloc(Math.max(needed, 2 * this.buffer.length));
      this.buffer.copy(grown, 0, 0, this.used);
      this.buffer = grown;
    }
    chunk.copy(this.buffer, this.used, start, end);
    this.used = needed;
  }

  clear(): void {
    this.used = 0;
  }
}
