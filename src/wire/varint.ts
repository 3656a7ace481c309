const MAX_BYTES = 10;

/** Reads one varint after the other, resuming where a chunk cut one in two. Linear, no allocation. */
export class VarintReader {
  /** The 64 bits, as two unsigned halves; valid once complete. */
  low = 0;
  high = 0;
  /** True when the last call of `read` finished a varint. */
  complete = false;
  /** True when ten bytes went by without an end. */
  overlong = false;
  private count = 0;

  /** True between the first and the last byte of a varint. */
  get started(): boolean {
    return this.count > 0;
  }

  /**
   * The varint as a signed 64-bit number. Beyond ±(2^53 - 1) it is rounded to the nearest double, which is not a safe
   * integer either.
   */
  get value(): number {
    return this.high === 0 ? this.low : (this.high | 0) * 4_294_967_296 + this.low;
  }

  /** Reads from bytes[pos, stop); returns the position after what was read. */
  read(bytes: Uint8Array, pos: number, stop: number): number {
    if (this.count === 0) {
      this.low = 0;
      this.high = 0;
      if (pos < stop) {
        const byte = bytes[pos] ?? 0;
        if (byte < 0x80) {
          this.low = byte;
          this.complete = true;
          return pos + 1;
        }
      }
    }
    this.complete = false;
    return this.readOn(bytes, pos, stop);
  }

  private readOn(bytes: Uint8Array, start: number, stop: number): number {
    let { low, high, count } = this;
    let pos = start;
    while (pos < stop) {
      const byte = bytes[pos] ?? 0;
      const bits = byte & 0x7f;
      pos += 1;
      if (count < 5) low |= bits << (7 * count); // the fifth byte's upper three bits fall off here ...
      if (count === 4) high = bits >>> 4; // ... and go here
      else if (count > 4) high |= bits << (7 * count - 32);
      count += 1;
      if (byte < 0x80) {
        this.complete = true;
        count = 0;
        break;
      }
      if (count === MAX_BYTES) {
        this.overlong = true;
        break;
      }
    }
    this.low = low >>> 0;
    this.high = high >>> 0;
    this.count = count;
    return pos;
  }
}
