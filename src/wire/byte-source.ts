import { ModelError } from "./errors.js";
import { VarintReader } from "./varint.js";

/** A procedure that pauses where bytes are missing: `next` goes on once more were pushed. */
export type Reading<T> = Generator<undefined, T, undefined>;

const NO_BYTES: Buffer = Buffer.alloc(0);

/** The bytes of a file as they arrive, for procedures that read them as if all were there. */
export class ByteSource {
  private chunk = NO_BYTES;
  private pos = 0;
  /** Offset of the chunk's first byte from the start of the file. */
  private base = 0;
  private complete = false;
  private readonly reader = new VarintReader();

  /** Bytes read so far. */
  get offset(): number {
    return this.base + this.pos;
  }

  /** Offers the next bytes; all bytes before must have been read. The chunk is not kept once it has been read. */
  push(chunk: Uint8Array): void {
    this.base += this.chunk.length;
    this.pos = 0;
    this.chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }

  /** No more bytes will come. */
  finish(): void {
    this.push(NO_BYTES);
    this.complete = true;
  }

  /** Whether the file goes on. */
  *hasMore(): Reading<boolean> {
    while (this.pos === this.chunk.length) {
      if (this.complete) return false;
      yield;
    }
    return true;
  }

  /**
   * One varint that ends before `end` (from the start of the file). What 64-bit number it is, `low` and `high` say.
   * @throws ModelError "malformed" or "truncated", as all that reads does
   */
  *varint(end: number): Reading<{ readonly low: number; readonly high: number }> {
    for (;;) {
      this.pos = this.reader.read(this.chunk, this.pos, Math.min(this.chunk.length, end - this.base));
      if (this.reader.complete) return this.reader;
      if (this.reader.overlong) throw this.malformed("a varint is longer than 10 bytes");
      if (this.offset >= end) throw this.malformed("a field runs past the end of its message");
      yield* this.more();
    }
  }

  /** The next bytes as pieces of the chunks, each valid until the next piece is asked for. */
  *pieces(length: number, use: (piece: Buffer) => void): Reading<void> {
    const end = this.offset + length;
    while (this.offset < end) {
      if (this.pos === this.chunk.length) yield* this.more();
      const stop = Math.min(this.chunk.length, end - this.base);
      use(this.chunk.subarray(this.pos, stop));
      this.pos = stop;
    }
  }

  malformed(message: string): ModelError {
    return new ModelError("malformed", message, { byteOffset: this.offset });
  }

  private *more(): Reading<void> {
    if (!(yield* this.hasMore())) {
      throw new ModelError("truncated", `the file ends inside a field, at byte ${this.offset}`, { byteOffset: this.offset });
    }
  }
}
