import { ModelError } from "../wire/errors.js";
import { MessageHandler } from "../wire/schema.js";
import type { Budget } from "./budget.js";
import { dataTypeOf } from "./dtype.js";
import {
  CONTAINER_TYPE_SCHEMA,
  DIMENSION,
  DIMENSION_SCHEMA,
  SHAPE_SCHEMA,
  TENSOR_TYPE,
  TENSOR_TYPE_SCHEMA,
  TYPE,
  TYPE_SCHEMA,
  VALUE_INFO_SCHEMA,
} from "./schema.js";
import type { Dim, OnnxType, OnnxValueInfo, Shape } from "./types.js";

/** Collects ValueInfoProto with the type and shape messages inside it. One builder serves all values of a file. */
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
    this.done.push({ name: this.name, ...this.type.build((dims) => this.checkedShape(dims)) });
  }

  private checkedShape(dims: readonly Dim[]): readonly Dim[] {
    this.budget.checkRank(dims.length, this.name);
    return dims.map((dim) => this.checkDim(dim));
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
  private container: ContainerTypeBuilder | null = null;

  reset(): void {
    this.isTensor = false;
    this.container = null;
    this.tensor.reset();
  }

  override message(field: number): MessageHandler {
    if (field === TYPE.tensor) {
      this.container = null;
      this.isTensor = true;
      return this.tensor;
    }
    const kind = field === TYPE.sequence ? "sequence" : "optional";
    if (this.container?.kind !== kind) {
      this.reset();
      this.container = new ContainerTypeBuilder(kind, new TypeBuilder());
    }
    return this.container;
  }

  /** A map or a sparse tensor: noted, not descended into. */
  override keeps(): boolean {
    this.reset();
    return false;
  }

  /** Types within types are as deep as the messages of a file may be. */
  build(checked: (dims: readonly Dim[]) => Shape): OnnxType {
    if (this.container !== null) {
      const { kind, element } = this.container;
      return { dtype: null, shape: null, container: { kind, element: element.build(checked) } };
    }
    const { typeCode, shape } = this.tensor;
    if (!this.isTensor) return { dtype: null, shape: null };
    return { dtype: typeCode === 0 ? null : dataTypeOf(typeCode), shape: shape.dims === null ? null : checked(shape.dims) };
  }
}

class ContainerTypeBuilder extends MessageHandler {
  override readonly schema = CONTAINER_TYPE_SCHEMA;

  constructor(
    readonly kind: "sequence" | "optional",
    readonly element: TypeBuilder,
  ) {
    super();
  }

  override message(): MessageHandler {
    return this.element;
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
