import { PartialField } from "./partial.js";
import { VarintReader } from "./varint.js";

const NO_BYTES: Buffer = Buffer.alloc(0);
const NO_VIEW = new DataView(new ArrayBuffer(0));

/**
 * A place in a file of which one chunk at a time is there. What is read may begin in one chunk and end in another: each
 * call goes on where the last one stopped for want of bytes. Nothing of a chunk is kept but the part of an unfinished field.
 */
export class ChunkCursor {
  /** The varint that was read last, or is being read. */
  readonly varint = new VarintReader();
  /** Where the payload lies that `collect` has completed. */
  payload = NO_BYTES;
  payloadStart = 0;
  payloadStop = 0;
  private chunk = NO_BYTES;
  private view: DataView = NO_VIEW;
  private pos = 0;
  /** Offset of the chunk's first byte from the start of the file. */
  private base = 0;
  private readonly partial = new PartialField();

  /** Bytes before this place. */
  get offset(): number {
    return this.base + this.pos;
  }

  /** True where the chunk is used up. */
  get isAtEnd(): boolean {
    return this.pos === this.chunk.length;
  }

  /** Offers the next bytes; all before them must have been read. */
  load(chunk: Uint8Array): void {
    this.chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.pos = 0;
  }

  /** The chunk may be reused from here on. */
  release(): void {
    this.base += this.chunk.length;
    this.pos = 0;
    this.chunk = NO_BYTES;
    this.view = NO_VIEW;
    this.payload = NO_BYTES;
  }

  /** Goes past bytes that are never offered. */
  pass(bytes: number): void {
    this.base += bytes;
  }

  /** Reads on in a varint, up to `end` at most; `varint` says what became of it. */
  readVarint(end: number): boolean {
    this.pos = this.varint.read(this.chunk, this.pos, Math.min(this.chunk.length, end - this.base));
    return this.varint.complete;
  }

  /** A little-endian float of 4 or 8 bytes; null: more bytes are needed. */
  readFixed(width: number): number | null {
    const end = Math.min(this.pos + width - this.partial.length, this.chunk.length);
    if (this.partial.length === 0 && end - this.pos === width) {
      const value = width === 8 ? this.view.getFloat64(this.pos, true) : this.view.getFloat32(this.pos, true);
      this.pos = end;
      return value;
    }
    this.partial.append(this.chunk, this.pos, end);
    this.pos = end;
    if (this.partial.length < width) return null;
    this.partial.clear();
    const { bytes } = this.partial;
    return width === 8 ? bytes.readDoubleLE(0) : bytes.readFloatLE(0);
  }

  /** Completes the bytes up to `end`, in the chunk when all of them are there; false: more are needed. */
  collect(end: number): boolean {
    const start = this.pos;
    const stop = Math.min(end - this.base, this.chunk.length);
    this.pos = stop;
    const isHere = this.base + stop === end;
    if (isHere && this.partial.length === 0) {
      this.payload = this.chunk;
      this.payloadStart = start;
      this.payloadStop = stop;
      return true;
    }
    this.partial.append(this.chunk, start, stop);
    if (!isHere) return false;
    this.payload = this.partial.bytes;
    this.payloadStart = 0;
    this.payloadStop = this.partial.length;
    this.partial.clear();
    return true;
  }

  /** Goes to `end`, or as far as there are bytes; true once it is reached. */
  skipTo(end: number): boolean {
    const stop = end - this.base;
    this.pos = Math.min(stop, this.chunk.length);
    return this.pos === stop;
  }
}
