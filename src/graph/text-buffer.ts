const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const ZERO = 0x30;
const SPACE = 0x20;
const DELETE = 0x7f;
/** Over these, Buffer's own writing is faster than one character at a time. */
const SHORT = 32;

/** UTF-8 text that is put together from small parts, without a string for each. */
export class TextBuffer {
  private buffer = Buffer.alloc(1024);
  private used = 0;

  get length(): number {
    return this.used;
  }

  /** What was written; valid until the next write. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.used);
  }

  clear(): void {
    this.used = 0;
  }

  append(text: string): void {
    // No UTF-16 unit takes more than three bytes.
    this.reserve(3 * text.length);
    if (text.length > SHORT || !this.writeAscii(text)) this.used += this.buffer.write(text, this.used, "utf8");
  }

  appendBuffer({ buffer, used }: TextBuffer): void {
    this.reserve(used);
    // A node's few bytes; Buffer's own copying allocates a view for each.
    for (let at = 0; at < used; at += 1) this.buffer[this.used + at] = buffer[at] ?? 0;
    this.used += used;
  }

  /** A number as JavaScript prints it. */
  number(value: number): void {
    if (!Number.isInteger(value) || value > 999_999_999 || value < -999_999_999 || Object.is(value, -0)) {
      this.append(String(value));
      return;
    }
    this.reserve(11);
    if (value < 0) this.buffer[this.used++] = MINUS;
    this.digits(Math.abs(value));
  }

  /** As JSON writes a string, so that no name can look like structure. */
  quoted(text: string): void {
    this.reserve(text.length + 2);
    const start = this.used;
    this.buffer[this.used++] = QUOTE;
    if (text.length <= SHORT && this.writeAscii(text, true)) {
      this.buffer[this.used++] = QUOTE;
      return;
    }
    this.used = start;
    this.append(JSON.stringify(text));
  }

  /** False, with nothing written, where a character is none of ASCII's (or, if `plain`, one that JSON escapes). */
  private writeAscii(text: string, plain = false): boolean {
    const { buffer, used } = this;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code >= DELETE || (plain && (code < SPACE || code === QUOTE || code === BACKSLASH))) return false;
      buffer[used + i] = code;
    }
    this.used = used + text.length;
    return true;
  }

  private digits(value: number): void {
    let end = this.used + 1;
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end += 1;
    let rest = value;
    for (let at = end - 1; at >= this.used; at -= 1) {
      this.buffer[at] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    this.used = end;
  }

  private reserve(more: number): void {
    const needed = this.used + more;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.alloc(Math.max(needed, 2 * this.buffer.length));
    this.buffer.copy(grown, 0, 0, this.used);
    this.buffer = grown;
  }
}
