import { ModelError } from "./errors.js";
import type { Limits } from "./limits.js";

const SLOTS = 1024;
const LONGEST_SHARED = 64;

/**
 * Decodes UTF-8 names. The same names come again and again in a graph (operators, attributes, edges), so short ASCII ones
 * are looked up in a direct-mapped cache before a string is made: one pass over the bytes, one comparison, whatever the
 * file holds.
 */
export class TextDecoding {
  private readonly shared: (string | undefined)[] = new Array<string | undefined>(SLOTS).fill(undefined);

  private admitted = 0;

  constructor(private readonly limits: Limits) {}

  /** Counts a name before its bytes arrive. @throws ModelError("limit-exceeded") */
  admit(byteLength: number): void {
    const { maxNameBytes, maxTextBytes } = this.limits;
    if (byteLength > maxNameBytes) throw new ModelError("limit-exceeded", `a name is longer than ${maxNameBytes} bytes`);
    this.admitted += byteLength;
    if (this.admitted > maxTextBytes) {
      throw new ModelError("limit-exceeded", `the names take more than ${maxTextBytes} bytes together`);
    }
  }

  /** The text of bytes[start, end), or null when they are not valid UTF-8. */
  decode(bytes: Buffer, start: number, end: number): string | null {
    let hash = end - start;
    let high = 0;
    for (let i = start; i < end; i += 1) {
      const byte = bytes[i] ?? 0;
      high |= byte;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    if (high >= 0x80) return decodeUtf8(bytes.subarray(start, end));
    if (end - start > LONGEST_SHARED) return bytes.toString("latin1", start, end);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.shared[slot];
    if (known !== undefined && equals(known, bytes, start, end)) return known;
    const text = bytes.toString("latin1", start, end);
    this.shared[slot] = text;
    return text;
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text, or null when the bytes are not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    // TextDecoder's only failure here is a TypeError for malformed bytes.
    return null;
  }
}

function equals(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i += 1) {
    if (text.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}
