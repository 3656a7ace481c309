import { ModelError } from "../wire/errors.js";
import { MessageHandler } from "../wire/schema.js";
import type { Budget } from "./budget.js";
import { dataTypeOf, type DataType } from "./dtype.js";
import {
  DIMENSION,
  DIMENSION_SCHEMA,
  SHAPE_SCHEMA,
  TENSOR_TYPE,
  TENSOR_TYPE_SCHEMA,
  TYPE_SCHEMA,
  VALUE_INFO_SCHEMA,
} from "./schema.js";
import type { Dim, OnnxValueInfo } from "./types.js";

/**
 * Collects ValueInfoProto with the type and shape messages inside it. Nothing recursive is descended into, so one builder
 * serves all values of a file.
 */
export class ValueInfoBuilder extends MessageHandler {
  override readonly schema = VALUE_INFO_SCHEMA;
  private readonly type = new TypeBuilder();
  private name = "";
  private done: OnnxValueInfo[] = [];

  constructor(private readonly budget: Budget) {
    super();
  }

  /** Starts anew; the value is appended to `done` when its message ends. */
  into(done: OnnxValueInfo[]): this {
    this.done = done;
    this.name = "";
    this.type.reset();
    return this;
  }

  override text(_field: number, value: string): void {
    this.name = value;
  }

  override message(): MessageHandler {
    return this.type;
  }

  override close(): void {
    const dims = this.type.takeDims();
    this.budget.checkRank(dims?.length ?? 0, this.name);
    this.done.push({ name: this.name, dtype: this.type.dtype(), shape: dims?.map((dim) => this.checkDim(dim)) ?? null });
  }

  /** Exporters write -1 for a dimension that they don't know; nothing else below zero means anything. */
  private checkDim(dim: Dim): Dim {
    if (typeof dim !== "number" || (dim >= 0 && Number.isSafeInteger(dim))) return dim;
    if (dim === -1) return null;
    throw new ModelError("malformed", `value "${this.name}" has the dimension ${dim}`, { field: this.name });
  }
}

/** TypeProto, a oneof: whatever comes last holds. */
class TypeBuilder extends MessageHandler {
  override readonly schema = TYPE_SCHEMA;
  private readonly tensor = new TensorTypeBuilder();
  private isTensor = false;

  reset(): void {
    this.isTensor = false;
    this.tensor.reset();
  }

  override message(): MessageHandler {
    this.isTensor = true;
    return this.tensor;
  }

  /** A sequence, map, optional or sparse tensor: noted, not descended into. */
  override keeps(): boolean {
    this.reset();
    return false;
  }

  dtype(): DataType | null {
    const { typeCode } = this.tensor;
    return this.isTensor && typeCode !== 0 ? dataTypeOf(typeCode) : null;
  }

  takeDims(): readonly Dim[] | null {
    return this.isTensor ? this.tensor.shape.dims : null;
  }
}

class TensorTypeBuilder extends MessageHandler {
  override readonly schema = TENSOR_TYPE_SCHEMA;
  readonly shape = new ShapeBuilder();
  typeCode = 0;

  reset(): void {
    this.typeCode = 0;
    this.shape.dims = null;
  }

  override int(field: number, value: number): void {
    if (field === TENSOR_TYPE.elemType) this.typeCode = value;
  }

  override message(): MessageHandler {
    // A shape without dimensions is a scalar's; no shape at all is an unknown rank.
    this.shape.dims ??= [];
    return this.shape;
  }
}

class ShapeBuilder extends MessageHandler {
  override readonly schema = SHAPE_SCHEMA;
  dims: Dim[] | null = null;
  private readonly dimension = new DimensionBuilder();

  override message(): MessageHandler {
    this.dims ??= [];
    return this.dimension.into(this.dims);
  }
}

class DimensionBuilder extends MessageHandler {
  override readonly schema = DIMENSION_SCHEMA;
  private dim: Dim = null;
  private dims: Dim[] = [];

  into(dims: Dim[]): this {
    this.dim = null;
    this.dims = dims;
    return this;
  }

  override int(field: number, value: number): void {
    if (field === DIMENSION.value) this.dim = value;
  }

  override text(field: number, value: string): void {
    if (field === DIMENSION.param) this.dim = value === "" ? null : value;
  }

  override close(): void {
    this.dims.push(this.dim);
  }
}
