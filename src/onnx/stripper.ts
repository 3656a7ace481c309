import { ByteSink } from "../wire/byte-sink.js";
import { ByteSource, type Reading } from "../wire/byte-source.js";
import { ModelError } from "../wire/errors.js";
import { DEFAULT_LIMITS, type Limits } from "../wire/limits.js";
import { DELIMITED, FIXED32, FIXED64, GROUP_END, GROUP_START, VARINT } from "../wire/wire-types.js";
import { OnnxReader } from "./reader.js";
import { TENSOR } from "./schema.js";
import { STRIP_RULES, type StripMessage, type StripRule } from "./strip-rules.js";
import { StrippedWeights, TensorStripping } from "./strip-tensor.js";
import type { OnnxModel } from "./types.js";

const MAX_LENGTH = 0x7fffffff;

export interface Stripped {
  /** The model as it was read, weights aside. */
  readonly model: OnnxModel;
  /** The ONNX file without weights. */
  readonly bytes: Buffer;
  /** How many tensors lost their elements. */
  readonly tensors: number;
  /** Size of a file `weights` that would be long enough for them; null where that cannot be counted. */
  readonly weightBytes: number | null;
}

/**
 * Takes the weights out of an ONNX file as it streams by; memory follows the structure, not the size of the file.
 *
 * Elements that the reader would not keep become external data of a file that need not exist, which ONNX allows for every
 * element type but strings; those stay. Types and shapes stay, and so do small constants, which shapes may need: the
 * result is read as the same model. External data that was there before is named alike. Documentation, metadata and
 * training information are left out; everything else is copied byte by byte.
 */
export class OnnxStripper {
  private readonly limits: Limits;
  private readonly reader: OnnxReader;
  private readonly source = new ByteSource();
  private readonly weights: StrippedWeights;
  /** One for each message that is open. */
  private readonly sinks: ByteSink[] = [];
  private readonly steps: Reading<void>;
  private failure: ModelError | null = null;

  constructor(limits: Partial<Limits> = {}) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.reader = new OnnxReader({ limits });
    this.weights = new StrippedWeights(this.limits);
    this.steps = this.walk("model", Infinity, 0);
  }

  /**
   * Reads the next bytes of the file; the chunk may be reused afterwards.
   * @throws ModelError as OnnxReader does
   */
  push(chunk: Uint8Array): void {
    this.guard(() => {
      // The reader goes first: what is wrong with a file, it says.
      this.reader.push(chunk);
      // JSON is walked through as what it becomes, once all of it is there.
      if (this.reader.isJson) return;
      this.source.push(chunk);
      this.walkOn();
    });
  }

  /** The file is complete. @throws ModelError as OnnxReader does */
  end(): Stripped {
    const model = this.guard(() => {
      const read = this.reader.end();
      if (this.reader.convertedJson !== null) {
        this.source.push(this.reader.convertedJson);
        this.walkOn();
      }
      this.source.finish();
      this.walkOn();
      return read;
    });
    const { tensors, bytes } = this.weights;
    return { model, bytes: this.sinkAt(0).bytes, tensors, weightBytes: Number.isNaN(bytes) ? null : bytes };
  }

  private walkOn(): void {
    try {
      this.steps.next();
    } catch (error) {
      // The reader holds the first bytes back until it can tell what they are; now it has to say what is wrong with them.
      if (error instanceof ModelError) this.reader.end();
      throw error;
    }
  }

  /** Keeps the first error: after it the walk is over. */
  private guard<T>(action: () => T): T {
    if (this.failure !== null) throw this.failure;
    try {
      return action();
    } catch (error) {
      if (error instanceof ModelError) this.failure = error;
      throw error;
    }
  }

  /** Writes what is left of a message into the sink of its depth. */
  private *walk(message: StripMessage, end: number, depth: number): Reading<void> {
    if (depth > this.limits.maxDepth) {
      throw new ModelError("limit-exceeded", `messages are nested more than ${this.limits.maxDepth} deep`);
    }
    const { source } = this;
    const out = this.sinkAt(depth);
    out.clear();
    const tensor = message === "tensor" ? new TensorStripping(this.weights) : null;
    const rules = message === "tensor" ? null : STRIP_RULES[message];
    while (source.offset < end && (end < Infinity || (yield* source.hasMore()))) {
      const { low, high } = yield* source.varint(end);
      const field = low >>> 3;
      const wireType = low & 7;
      if (high !== 0 || field === 0) throw source.malformed("a field has an impossible tag");
      if (wireType === GROUP_START) {
        yield* this.skipGroup(end, depth + 1);
        continue;
      }
      const rule: StripRule | undefined = rules?.get(field);
      if (rule !== undefined && rule !== "copy" && wireType === DELIMITED) {
        const inner = yield* this.length(end);
        yield* this.walk(rule, source.offset + inner, depth + 1);
        out.bytesField(field, this.sinkAt(depth + 1).bytes);
      } else if (tensor !== null) {
        yield* this.tensorField(tensor, field, wireType, end, out);
      } else {
        yield* this.copy(field, wireType, end, () => (rule === "copy" ? out : null));
      }
    }
    tensor?.finish(out);
  }

  private *tensorField(tensor: TensorStripping, field: number, wireType: number, end: number, out: ByteSink): Reading<void> {
    const number = yield* this.copy(field, wireType, end, (bytes) => tensor.sinkFor(field, bytes, out), tensor);
    if (number === null) return;
    if (field === TENSOR.dims) tensor.dims.push(number);
    else if (field === TENSOR.dataType) tensor.typeCode = number;
    else if (field === TENSOR.dataLocation) tensor.external = number === 1;
  }

  /**
   * Copies one field, tag included, to the sink that `choose` names for its size, or drops it. Returns a varint's value,
   * else null; packed dimensions go to `tensor` on the way.
   */
  private *copy(
    field: number,
    wireType: number,
    end: number,
    choose: (bytes: number) => ByteSink | null,
    tensor: TensorStripping | null = null,
  ): Reading<number | null> {
    const { source } = this;
    if (wireType === VARINT) {
      const { low, high } = yield* source.varint(end);
      const sink = choose(11);
      sink?.tag(field, VARINT);
      sink?.varint64(low, high);
      return high * 2 ** 32 + low;
    }
    if (wireType === DELIMITED) {
      const length = yield* this.length(end);
      if (tensor !== null && field === TENSOR.dims) {
        yield* this.unpackDims(tensor, source.offset + length, choose(length));
        return null;
      }
      const sink = choose(length + 10);
      sink?.tag(field, DELIMITED);
      sink?.varint(length);
      yield* source.pieces(length, (piece) => sink?.append(piece));
      return null;
    }
    if (wireType !== FIXED64 && wireType !== FIXED32) throw source.malformed(`a field has the wire type ${wireType}`);
    const width = wireType === FIXED64 ? 8 : 4;
    if (source.offset + width > end) throw source.malformed("a field runs past the end of its message");
    const sink = choose(width + 5);
    sink?.tag(field, wireType);
    yield* source.pieces(width, (piece) => sink?.append(piece));
    return null;
  }

  /** Packed dimensions, written one by one. */
  private *unpackDims(tensor: TensorStripping, end: number, sink: ByteSink | null): Reading<void> {
    while (this.source.offset < end) {
      const { low, high } = yield* this.source.varint(end);
      sink?.tag(TENSOR.dims, VARINT);
      sink?.varint64(low, high);
      tensor.dims.push(high * 2 ** 32 + low);
    }
  }

  private *length(end: number): Reading<number> {
    const { low, high } = yield* this.source.varint(end);
    if (high !== 0 || low > MAX_LENGTH || this.source.offset + low > end) {
      throw this.source.malformed("a field runs past the end of its message");
    }
    return low;
  }

  /** Passes over an unknown group, up to its end. */
  private *skipGroup(end: number, depth: number): Reading<void> {
    if (depth > this.limits.maxDepth) {
      throw new ModelError("limit-exceeded", `groups are nested more than ${this.limits.maxDepth} deep`);
    }
    for (;;) {
      const { low } = yield* this.source.varint(end);
      const wireType = low & 7;
      if (wireType === GROUP_END) return;
      if (wireType === GROUP_START) yield* this.skipGroup(end, depth + 1);
      else yield* this.copy(low >>> 3, wireType, end, () => null);
    }
  }

  private sinkAt(depth: number): ByteSink {
    return (this.sinks[depth] ??= new ByteSink());
  }
}

/**
 * A model that is in memory, without its weights.
 * @throws ModelError as OnnxReader does
 */
export function stripOnnx(bytes: Uint8Array, limits?: Partial<Limits>): Stripped {
  const stripper = new OnnxStripper(limits);
  stripper.push(bytes);
  return stripper.end();
}
