import { DELIMITED, VARINT } from "./wire-types.js";

/** Writes protobuf fields into one buffer that grows with what is written. */
export class ByteSink {
  private buffer = Buffer.alloc(256);
  private used = 0;

  /** What was written; valid until the next write. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.used);
  }

  get length(): number {
    return this.used;
  }

  clear(): void {
    this.used = 0;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  /** A tag: the number of a field and its wire type. */
  tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }

  /** A non-negative safe integer. */
  varint(value: number): void {
    this.reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.buffer[this.used] = (rest % 0x80) + 0x80;
      this.used += 1;
      rest = Math.floor(rest / 0x80);
    }
    this.buffer[this.used] = rest;
    this.used += 1;
  }

  /** 64 bits, given as two unsigned halves. */
  varint64(low: number, high: number): void {
    this.reserve(10);
    let [rest, above] = [low, high];
    while (above > 0 || rest >= 0x80) {
      this.buffer[this.used] = (rest & 0x7f) | 0x80;
      this.used += 1;
      rest = ((rest >>> 7) | (above << 25)) >>> 0;
      above >>>= 7;
    }
    this.buffer[this.used] = rest;
    this.used += 1;
  }

  intField(field: number, value: number): void {
    this.tag(field, VARINT);
    this.varint(value);
  }

  /** A text, a bytes field or a message that is written already. */
  bytesField(field: number, bytes: Uint8Array): void {
    this.tag(field, DELIMITED);
    this.varint(bytes.length);
    this.append(bytes);
  }

  private reserve(more: number): void {
    const needed = this.used + more;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.alloc(Math.max(needed, 2 * this.buffer.length));
    this.buffer.copy(grown, 0, 0, this.used);
    this.buffer = grown;
  }
}
