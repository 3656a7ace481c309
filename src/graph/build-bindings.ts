import type { Dim, OnnxValueInfo, Shape } from "../onnx/types.js";
import { checkedRank } from "../shapes/dims.js";
import { ModelError } from "../wire/errors.js";

/** Values for the dimensions that a file leaves open. */
export interface DimOptions {
  /** By symbol (`batch`), or by input and axis (`x[0]`) where the file names none. A name that nothing has is ignored. */
  readonly dims?: ReadonlyMap<string, number>;
  /** The first dimension of every input that `dims` leaves open; there is no default. */
  readonly batch?: number;
}

/** What the open dimensions of one model stand for. */
export class DimBindings {
  private readonly symbols = new Map<string, number>();

  /** @throws ModelError("unresolved-dimension") for a value that is no positive integer. */
  constructor(
    inputs: readonly OnnxValueInfo[],
    private readonly options: DimOptions,
  ) {
    for (const [name, value] of options.dims ?? []) this.symbols.set(name, assertDimension(name, value));
    if (options.batch !== undefined) assertDimension("batch", options.batch);
    for (const { name, shape } of inputs) {
      shape?.forEach((dim, axis) => {
        if (typeof dim !== "string" || this.symbols.has(dim)) return;
        const value = this.boundByPlace(name, axis);
        if (value !== null) this.symbols.set(dim, value);
      });
    }
  }

  /**
   * Shape of a graph input: its open dimensions bound as far as there are values for them.
   * @throws ModelError("limit-exceeded") for a dimension or a rank beyond what can be counted.
   */
  inputShape({ name, shape }: OnnxValueInfo): Shape {
    if (shape === null) return null;
    checkedRank(shape.length);
    return shape.map((dim, axis) => {
      const open = this.resolve(dim, name);
      return typeof open === "number" ? open : (this.boundByPlace(name, axis) ?? open);
    });
  }

  /** A shape that the file states, with its symbols bound. */
  bound({ name, shape }: OnnxValueInfo): Shape {
    return shape === null ? null : shape.map((dim) => this.resolve(dim, name));
  }

  private boundByPlace(input: string, axis: number): number | null {
    const value = this.options.dims?.get(placeOf(input, axis)) ?? null;
    return value ?? (axis === 0 ? (this.options.batch ?? null) : null);
  }

  /** A negative dimension stands for an unknown one, as exporters write it. */
  private resolve(dim: Dim, owner: string): Dim {
    if (typeof dim === "string") return this.symbols.get(dim) ?? dim;
    if (dim === null || dim < 0) return null;
    if (dim < Number.MAX_SAFE_INTEGER) return dim;
    throw new ModelError("limit-exceeded", `"${owner}" has a dimension beyond what can be counted`, { field: owner });
  }
}

/** `x[0]`: how a dimension without a symbol is called. */
export function placeOf(input: string, axis: number): string {
  return `${input}[${axis}]`;
}

function assertDimension(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new ModelError("unresolved-dimension", `${value} is no size for the dimension "${name}"`, { field: name });
}
