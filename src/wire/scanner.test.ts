import { describe, expect, it } from "vitest";
import { chunks, concat, delimited, fixed32, fixed64, int, tag, text, varint } from "../../test/helper/protobuf.js";
import { ModelError } from "./errors.js";
import { DEFAULT_LIMITS, type Limits } from "./limits.js";
import { ProtobufScanner } from "./scanner.js";
import { defineMessage, MessageHandler } from "./schema.js";

const SCHEMA = defineMessage("Thing", {
  1: "int",
  2: "ints",
  3: "float",
  4: "floats",
  5: "doubles",
  6: "text",
  7: "bytes",
  8: "message",
});

/** Writes down what it is told. */
class Recorder extends MessageHandler {
  override readonly schema = SCHEMA;

  constructor(
    readonly log: unknown[] = [],
    private readonly longestKept = Infinity,
  ) {
    super();
  }

  override int(field: number, value: number): void {
    this.log.push([field, value]);
  }

  override float(field: number, value: number): void {
    this.log.push([field, value]);
  }

  override text(field: number, value: string): void {
    this.log.push([field, value]);
  }

  override keeps(_field: number, byteLength: number): boolean {
    return byteLength <= this.longestKept;
  }

  override bytes(field: number, value: Uint8Array): void {
    this.log.push([field, [...value]]);
  }

  override message(field: number): MessageHandler {
    this.log.push([field, "{"]);
    return this;
  }

  override close(): void {
    this.log.push("}");
  }
}

interface ScanOptions {
  readonly chunkSize?: number;
  readonly limits?: Partial<Limits>;
  readonly longestKept?: number;
}

function scan(bytes: Uint8Array, { chunkSize = Infinity, limits = {}, longestKept }: ScanOptions = {}): unknown[] {
  const recorder = new Recorder([], longestKept);
  const scanner = new ProtobufScanner(recorder, { ...DEFAULT_LIMITS, ...limits });
  for (const chunk of chunks(bytes, () => chunkSize)) {
    scanner.push(chunk);
    chunk.fill(0xff); // the scanner must not look at a chunk again
  }
  scanner.end();
  expect(scanner.offset).toBe(bytes.length);
  return recorder.log;
}

function errorOf(bytes: Uint8Array, options?: ScanOptions): { code: string; byteOffset: number | undefined; message: string } {
  try {
    scan(bytes, options);
  } catch (error) {
    if (error instanceof ModelError) return { code: error.code, byteOffset: error.detail.byteOffset, message: error.message };
    throw error;
  }
  throw new Error("these bytes were read without an error");
}

const EVERYTHING = concat(
  int(1, 300),
  int(1, -1),
  int(2, 7),
  delimited(2, varint(1), varint(2n ** 40n), varint(-5)),
  fixed32(3, 1.5),
  fixed32(4, -2.5),
  delimited(4, new Uint8Array(Float32Array.of(0.25, 8).buffer)),
  fixed64(5, Math.PI),
  delimited(5, new Uint8Array(Float64Array.of(1e300).buffer)),
  text(6, "name"),
  text(6, ""),
  text(6, "größe 🙂"),
  text(6, "n".repeat(300)),
  delimited(7, Uint8Array.of(1, 2, 3)),
  delimited(8, int(1, 5), delimited(8), delimited(8, text(6, "deep"))),
  // unknown fields of every wire type
  int(100, 2n ** 63n),
  fixed32(101, 1),
  fixed64(102, 1),
  text(103, "skipped"),
  concat(tag(104, 3), int(1, 1), tag(105, 3), delimited(6, Uint8Array.of(0xff)), tag(105, 4), tag(104, 4)),
  int(1, 42),
);

const EVERYTHING_LOG = [
  ...[[1, 300], [1, -1], [2, 7], [2, 1], [2, 2 ** 40], [2, -5]],
  ...[[3, 1.5], [4, -2.5], [4, 0.25], [4, 8], [5, Math.PI], [5, 1e300]],
  ...[[6, "name"], [6, ""], [6, "größe 🙂"], [6, "n".repeat(300)], [7, [1, 2, 3]]],
  ...[[8, "{"], [1, 5], [8, "{"], "}", [8, "{"], [6, "deep"], "}", "}"],
  ...[[1, 42], "}"],
];

describe("a protobuf scanner", () => {
  it.each([Infinity, 1, 2, 3, 5, 7, 11, 64])("reads every kind of field in chunks of %d bytes", (chunkSize) => {
    expect(scan(EVERYTHING, { chunkSize })).toEqual(EVERYTHING_LOG);
  });

  it("passes over payloads that nobody wants, wherever the chunks end", () => {
    const bytes = concat(delimited(7, new Uint8Array(1000)), delimited(2, new Uint8Array(1000)), delimited(4, new Uint8Array(1000)), int(1, 1));
    for (const chunkSize of [1, 64, 999, 1000, 1001, Infinity]) {
      expect(scan(bytes, { chunkSize, longestKept: 999 })).toEqual([[1, 1], "}"]);
    }
  });

  it("accepts a varint that is padded to ten bytes", () => {
    expect(scan(concat(tag(1, 0), Uint8Array.from([0x85, ...new Array<number>(8).fill(0x80), 0])))).toEqual([[1, 5], "}"]);
  });

  it("passes integers beyond 2^53 on as numbers that are not safe integers", () => {
    for (const value of [2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n]) {
      const [first] = scan(int(1, value));
      expect(first).toEqual([1, Number(value)]);
      expect(Number.isSafeInteger(Number(value))).toBe(false);
    }
  });

  it("does not mind a tag that is longer than it has to be", () => {
    expect(scan(Uint8Array.of(0x88, 0x00, 0x07))).toEqual([[1, 7], "}"]);
  });
});

describe("malformed bytes", () => {
  const thing = (...parts: readonly Uint8Array[]): Uint8Array => delimited(8, ...parts);
  const cases: readonly (readonly [name: string, bytes: Uint8Array, byteOffset: number])[] = [
    ["a varint of eleven bytes", concat(tag(1, 0), new Uint8Array(11).fill(0x80)), 11],
    ["a tag of eleven bytes", new Uint8Array(11).fill(0x80), 10],
    ["a tag beyond 32 bits", varint(2n ** 35n), 0],
    ["the field number 0", concat(int(1, 1), Uint8Array.of(0x02, 0)), 2],
    ["wire type 6", concat(int(1, 1), tag(50, 6)), 2],
    ["wire type 7", concat(int(1, 1), tag(50, 7)), 2],
    ["the end of a group that did not begin", concat(int(1, 1), tag(50, 4)), 2],
    ["groups that end in the wrong order", concat(tag(50, 3), tag(51, 3), tag(50, 4)), 4],
    ["a group that outlives its message", thing(tag(50, 3)), 2],
    ["a length beyond 2^31-1", concat(tag(50, 2), varint(2n ** 31n)), 7],
    ["a length beyond 2^32", concat(tag(50, 2), varint(2n ** 32n + 1n)), 7],
    ["a negative length", concat(tag(50, 2), varint(-1)), 12],
    ["a length past the end of the message", concat(thing(tag(6, 2), varint(2)), text(6, "ab")), 2],
    ["a message past the end of its message", concat(thing(tag(8, 2), varint(2)), text(6, "ab")), 2],
    ["skipped bytes past the end of the message", concat(thing(tag(60, 2), varint(2)), text(6, "ab")), 2],
    ["a varint past the end of its message", concat(thing(tag(1, 0), Uint8Array.of(0x80)), int(1, 1)), 2],
    ["a varint past the end of its packed field", concat(delimited(2, Uint8Array.of(0x80)), int(1, 1)), 0],
    ["a fixed32 past the end of its message", concat(thing(tag(3, 5), new Uint8Array(3)), new Uint8Array(9)), 2],
    ["a fixed64 past the end of its message", concat(thing(tag(70, 1), new Uint8Array(3)), new Uint8Array(9)), 2],
    ["packed floats of a broken length", delimited(4, new Uint8Array(7)), 2],
    ["a name that is not UTF-8", concat(int(1, 1), delimited(6, Uint8Array.of(0x61, 0xff))), 2],
    ["a name with half a surrogate pair", delimited(6, Uint8Array.of(0xed, 0xa0, 0x80)), 0],
    ["a name where an integer belongs", text(1, "x"), 0],
    ["an integer where a name belongs", int(6, 1), 0],
    ["a float where packed integers belong", fixed32(2, 1), 0],
    ["a fixed64 where a float belongs", fixed64(3, 1), 0],
    ["a known field as a group", tag(8, 3), 0],
  ];

  it.each(cases)("refuses %s", (_name, bytes, byteOffset) => {
    expect(errorOf(bytes)).toMatchObject({ code: "malformed", byteOffset });
    expect(errorOf(bytes, { chunkSize: 1 })).toMatchObject({ code: "malformed", byteOffset });
  });

  it("says that a file was cut short at every byte where it was", () => {
    const fields = [int(1, 300), fixed32(3, 1), delimited(2, varint(1), varint(300)), text(6, "name"), fixed64(99, 1)];
    const bytes = delimited(8, ...fields, delimited(8, ...fields), tag(9, 3), int(1, 1), tag(9, 4));
    for (let length = 1; length < bytes.length; length += 1) {
      expect(errorOf(bytes.slice(0, length))).toMatchObject({ code: "truncated", byteOffset: length });
      expect(errorOf(bytes.slice(0, length), { chunkSize: 1 })).toMatchObject({ code: "truncated", byteOffset: length });
    }
  });
});

describe("limits", () => {
  it("stop deep nesting", () => {
    let bytes: Uint8Array = int(1, 1);
    for (let depth = 0; depth < 1000; depth += 1) bytes = delimited(8, bytes);
    expect(errorOf(bytes)).toMatchObject({ code: "limit-exceeded" });
  });

  it("stop deep unknown groups", () => {
    expect(errorOf(concat(...new Array<Uint8Array>(1000).fill(tag(50, 3))))).toMatchObject({ code: "limit-exceeded" });
  });

  it("stop millions of empty messages", () => {
    const bytes = new Uint8Array(2_000).fill(0);
    for (let i = 0; i < bytes.length; i += 2) bytes[i] = 8 * 8 + 2;
    expect(scan(bytes, { limits: { maxMessages: 1000 } })).toHaveLength(2001);
    expect(errorOf(bytes, { limits: { maxMessages: 999 } })).toMatchObject({ code: "limit-exceeded", byteOffset: 2000 });
  });

  it("stop long names before they arrive", () => {
    const declared = concat(tag(6, 2), varint(1 << 30));
    expect(errorOf(declared)).toMatchObject({ code: "limit-exceeded", byteOffset: declared.length });
  });

  it("stop names that take too much together", () => {
    const names = concat(text(6, "four"), text(6, "four"));
    expect(scan(names, { limits: { maxTextBytes: 8 } })).toHaveLength(3);
    expect(errorOf(names, { limits: { maxTextBytes: 7 } })).toMatchObject({ code: "limit-exceeded" });
  });
});
