import { ChunkCursor } from "./chunk-cursor.js";
import { ModelError, type ModelErrorCode } from "./errors.js";
import { DEFAULT_LIMITS, type Limits } from "./limits.js";
import { MessageStack } from "./message-stack.js";
import { BYTES, DOUBLES, FLOAT, FLOATS, INT, INTS, MESSAGE, SKIP, TEXT, type MessageHandler } from "./schema.js";
import { TextDecoding } from "./text.js";
import { DELIMITED, FIXED32, FIXED64, GROUP_END, GROUP_START, VARINT } from "./wire-types.js";

/* What the next byte belongs to. */
const IN_TAG = 0;
const IN_VARINT = 1;
const IN_FIXED = 2;
const IN_LENGTH = 3;
const IN_PAYLOAD = 4;
const IN_PACKED_INTS = 5;
const IN_PACKED_FIXED = 6;
const IN_SKIP = 7;

const MAX_LENGTH = 0x7fffffff;

/**
 * Reads protobuf as it arrives: chunks may end anywhere, nothing of a chunk is kept after `push` but an unfinished field.
 * Messages are described by their handlers' schemas; payloads that nobody wants are passed over without being touched.
 * Time is linear in the bytes that are read (not skipped), memory in what the handlers keep.
 *
 * @throws ModelError (from push and end) "malformed", "truncated" or "limit-exceeded", with the byte offset.
 */
export class ProtobufScanner {
  private state = IN_TAG;
  private field = 0;
  private kind = SKIP;
  private wireType = VARINT;
  private tagOffset = 0;
  /** End (from the start of the file) of the payload that is being collected, skipped or unpacked. */
  private payloadEnd = 0;

  private readonly stack: MessageStack;
  private readonly cursor = new ChunkCursor();
  private readonly text: TextDecoding;

  constructor(root: MessageHandler, limits: Limits = DEFAULT_LIMITS) {
    this.stack = new MessageStack(root, limits);
    this.text = new TextDecoding(limits);
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.cursor.offset;
  }

  /** Bytes that come next and are of no interest: `pass` may go over them, where they need not be read to get on. */
  get skippable(): number {
    return this.state === IN_SKIP ? this.payloadEnd - this.offset : 0;
  }

  /** Goes past bytes without their being pushed; at most as many as are skippable. */
  pass(bytes: number): void {
    if (bytes > this.skippable) throw new RangeError(`${bytes} bytes are passed where ${this.skippable} may be`);
    this.cursor.pass(bytes);
    this.locate(() => this.run());
  }

  /** Reads the next bytes of the file; the chunk may be reused afterwards. */
  push(chunk: Uint8Array): void {
    this.cursor.load(chunk);
    this.locate(() => this.run());
    this.cursor.release();
  }

  /** The file is complete. */
  end(): void {
    if (this.state !== IN_TAG || this.cursor.varint.started || !this.stack.isAtRoot || this.stack.inGroup) {
      const place = this.stack.isAtRoot ? "inside a field" : `inside a ${this.messageName}`;
      throw this.error("truncated", `the file ends ${place}, at byte ${this.offset}`);
    }
    this.locate(() => this.stack.handler.close());
  }

  /** Adds the offset to errors of handlers, which don't know where they are. */
  private locate(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof ModelError) || error.detail.byteOffset !== undefined) throw error;
      throw new ModelError(error.code, error.message, { ...error.detail, byteOffset: this.offset });
    }
  }

  /** Runs until the chunk is used up: each step reads one token, or says that it needs more bytes. */
  private run(): void {
    while (this.step());
  }

  private step(): boolean {
    switch (this.state) {
      case IN_TAG:
        return this.readTag();
      case IN_VARINT:
        return this.readVarintField();
      case IN_FIXED:
        return this.readFixedField();
      case IN_LENGTH:
        return this.readLength();
      case IN_PAYLOAD:
        return this.collectPayload();
      case IN_PACKED_INTS:
        return this.unpackInts();
      case IN_PACKED_FIXED:
        return this.unpackFixed();
      default:
        return this.skip();
    }
  }

  private readTag(): boolean {
    while (this.stack.end === this.offset) {
      if (this.stack.inGroup) throw this.pastEnd();
      this.stack.close();
    }
    if (this.cursor.isAtEnd) return false;
    if (!this.cursor.varint.started) this.tagOffset = this.offset;
    if (!this.readVarint(this.stack.end)) return false;
    const { low, high } = this.cursor.varint;
    const field = low >>> 3;
    const wireType = low & 7;
    if (high !== 0) throw this.error("malformed", "a field's tag is larger than 32 bits", this.tagOffset);
    if (field === 0) throw this.error("malformed", "a field has the number 0", this.tagOffset);
    this.field = field;
    this.wireType = wireType;
    this.kind = this.stack.inGroup ? SKIP : (this.stack.handler.schema.kinds[field] ?? SKIP);
    switch (wireType) {
      case VARINT:
        this.expect(this.kind === INT || this.kind === INTS);
        this.state = IN_VARINT;
        break;
      case FIXED64:
        this.expect(this.kind === DOUBLES);
        this.beginFixed(8);
        break;
      case DELIMITED:
        this.expect(this.kind !== INT && this.kind !== FLOAT);
        this.state = IN_LENGTH;
        break;
      case GROUP_START:
        this.expect(false);
        this.stack.openGroup(field);
        break;
      case GROUP_END:
        if (!this.stack.closeGroup(field)) {
          throw this.error("malformed", `a group of number ${field} ends that did not begin`, this.tagOffset);
        }
        break;
      case FIXED32:
        this.expect(this.kind === FLOAT || this.kind === FLOATS);
        this.beginFixed(4);
        break;
      default:
        throw this.error("malformed", `a field has the wire type ${wireType}, which does not exist`, this.tagOffset);
    }
    return true;
  }

  /** Fields that the schema does not list may have any wire type. */
  private expect(matches: boolean): void {
    if (matches || this.kind === SKIP) return;
    const field = `field ${this.field} of ${this.messageName}`;
    throw this.error("malformed", `${field} has the wrong wire type ${this.wireType}`, this.tagOffset);
  }

  private readVarintField(): boolean {
    if (!this.readVarint(this.stack.end)) return false;
    if (this.kind !== SKIP) this.stack.handler.int(this.field, this.cursor.varint.value);
    this.state = IN_TAG;
    return true;
  }

  private beginFixed(width: number): void {
    this.payloadEnd = this.offset + width;
    if (this.payloadEnd > this.stack.end) throw this.pastEnd();
    this.state = this.kind === SKIP ? IN_SKIP : IN_FIXED;
  }

  private readFixedField(): boolean {
    if (!this.readFixed(this.wireType === FIXED64 ? 8 : 4)) return false;
    this.state = IN_TAG;
    return true;
  }

  private readLength(): boolean {
    if (!this.readVarint(this.stack.end)) return false;
    const { low: length, high } = this.cursor.varint;
    if (high !== 0 || length > MAX_LENGTH) {
      throw this.error("malformed", `field ${this.field} of ${this.messageName} declares more than 2^31-1 bytes`);
    }
    const payloadEnd = this.offset + length;
    if (payloadEnd > this.stack.end) throw this.pastEnd();
    this.payloadEnd = payloadEnd;
    switch (this.kind) {
      case MESSAGE:
        this.stack.open(this.field, payloadEnd);
        this.state = IN_TAG;
        break;
      case TEXT:
        this.text.admit(length);
        this.state = IN_PAYLOAD;
        break;
      case BYTES:
        this.state = this.stack.handler.keeps(this.field, length) ? IN_PAYLOAD : IN_SKIP;
        break;
      case INTS:
        this.state = this.stack.handler.keeps(this.field, length) ? IN_PACKED_INTS : IN_SKIP;
        break;
      case FLOATS:
      case DOUBLES:
        if (length % (this.kind === DOUBLES ? 8 : 4) !== 0) {
          throw this.error("malformed", `packed field ${this.field} of ${this.messageName} has a broken length`);
        }
        this.state = this.stack.handler.keeps(this.field, length) ? IN_PACKED_FIXED : IN_SKIP;
        break;
      default:
        this.state = IN_SKIP;
    }
    return true;
  }

  /** Delivers a text or bytes field. */
  private collectPayload(): boolean {
    if (!this.cursor.collect(this.payloadEnd)) return false;
    const { payload, payloadStart, payloadStop } = this.cursor;
    this.deliver(payload, payloadStart, payloadStop);
    this.state = IN_TAG;
    return true;
  }

  private deliver(bytes: Buffer, start: number, end: number): void {
    if (this.kind === BYTES) {
      this.stack.handler.bytes(this.field, bytes.subarray(start, end));
      return;
    }
    const text = this.text.decode(bytes, start, end);
    if (text === null) {
      throw this.error("malformed", `a name in a ${this.messageName} is not valid UTF-8`, this.tagOffset);
    }
    this.stack.handler.text(this.field, text);
  }

  private unpackInts(): boolean {
    while (this.offset < this.payloadEnd) {
      if (!this.readVarint(this.payloadEnd)) return false;
      this.stack.handler.int(this.field, this.cursor.varint.value);
    }
    this.state = IN_TAG;
    return true;
  }

  private unpackFixed(): boolean {
    const width = this.kind === DOUBLES ? 8 : 4;
    while (this.offset < this.payloadEnd) {
      if (!this.readFixed(width)) return false;
    }
    this.state = IN_TAG;
    return true;
  }

  /** Delivers one float of 4 or 8 bytes. */
  private readFixed(width: number): boolean {
    const value = this.cursor.readFixed(width);
    if (value === null) return false;
    this.stack.handler.float(this.field, value);
    return true;
  }

  private skip(): boolean {
    if (!this.cursor.skipTo(this.payloadEnd)) return false;
    this.state = IN_TAG;
    return true;
  }

  /** Reads a varint that has to end before `end` (from the start of the file); false: more bytes are needed. */
  private readVarint(end: number): boolean {
    if (this.cursor.readVarint(end)) return true;
    if (this.cursor.varint.overlong) throw this.error("malformed", "a varint is longer than 10 bytes");
    if (this.offset >= end) throw this.pastEnd();
    return false;
  }

  private get messageName(): string {
    return this.stack.handler.schema.name;
  }

  private pastEnd(): ModelError {
    return this.error("malformed", `a field runs past the end of its ${this.messageName}`, this.tagOffset);
  }

  private error(code: ModelErrorCode, message: string, byteOffset = this.offset): ModelError {
    return new ModelError(code, message, { byteOffset });
  }
}
