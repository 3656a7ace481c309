import type { ModelBuilder, Tensor } from "../builder.js";
import { dimOf } from "../builder.js";

/** How an exporter writes what has no single form. */
export interface EncoderForm {
  /** LayerNormalization (opset 17), or the nine nodes that exporters before it write. */
  readonly layerNorm: "node" | "parts";
  /**
   * Queries, keys and values from one product and scaled by the root of the scale each, as timm's
   * scaled_dot_product_attention exports; or from a product each, their scores divided, as transformers' eager attention.
   */
  readonly attention: "joined" | "separate";
}

/** What decides an encoder's size. */
export interface EncoderShape {
  readonly depth: number;
  readonly width: number;
  readonly heads: number;
  /** Features between the two layers of the perceptron. */
  readonly hidden: number;
}

/**
 * Parts of transformer encoders (Vaswani et al., 2017) on tokens [1, tokens, width], written as PyTorch's exporter writes
 * them: a linear layer is MatMul and Add, Gelu five nodes around Erf, attention MatMul, Softmax, MatMul.
 */
export class EncoderWriter {
  constructor(
    private readonly b: ModelBuilder,
    private readonly form: EncoderForm,
    private readonly epsilon: number,
  ) {}

  linear(x: Tensor, out: number): Tensor {
    return this.b.withConstant("Add", this.b.matmulWeight(x, out), [out]);
  }

  /** Over the last axis, with scale and bias. */
  norm(x: Tensor): Tensor {
    const { b } = this;
    if (this.form.layerNorm === "node") return b.layerNorm(x);
    const width = [dimOf(x, -1)];
    const centred = b.binary("Sub", x, b.reduceMean(x, [-1], true));
    const variance = b.reduceMean(b.withConstant("Pow", centred, [], [2]), [-1], true);
    const deviation = b.unary("Sqrt", b.withConstant("Add", variance, [], [this.epsilon]));
    return b.withConstant("Add", b.withConstant("Mul", b.binary("Div", centred, deviation), width), width);
  }

  /** Multi-head self-attention and its output projection. Throws RangeError where the heads do not divide the width. */
  attention(x: Tensor, heads: number): Tensor {
    const [tokens, width] = [dimOf(x, 1), dimOf(x, 2)];
    if (width % heads !== 0) throw new RangeError(`${heads} heads divide ${width} features unevenly`);
    const mixed = this.form.attention === "joined" ? this.joined(x, heads) : this.separate(x, heads);
    const merged = this.b.reshape(this.b.transpose(mixed, [0, 2, 1, 3]), [1, tokens, width]);
    return this.linear(merged, width);
  }

  perceptron(x: Tensor, hidden: number): Tensor {
    return this.linear(this.b.geluPattern(this.linear(x, hidden)), dimOf(x, -1));
  }

  private joined(x: Tensor, heads: number): Tensor {
    const { b } = this;
    const [tokens, width] = [dimOf(x, 1), dimOf(x, 2)];
    const features = width / heads;
    const all = b.reshape(this.linear(x, 3 * width), [1, tokens, 3, heads, features]);
    const byRole = b.transpose(all, [2, 0, 3, 1, 4]);
    const [queries, keys, values] = [b.take(byRole, 0, 0), b.take(byRole, 1, 0), b.take(byRole, 2, 0)];
    const rootOfScale = [features ** -0.25];
    const scaledQueries = b.withConstant("Mul", queries, [], rootOfScale);
    const scaledKeys = b.withConstant("Mul", b.transpose(keys, [0, 1, 3, 2]), [], rootOfScale);
    return b.matmul(b.softmax(b.matmul(scaledQueries, scaledKeys)), values);
  }

  private separate(x: Tensor, heads: number): Tensor {
    const { b } = this;
    const [tokens, width] = [dimOf(x, 1), dimOf(x, 2)];
    const features = width / heads;
    const perHead = (perm: readonly number[]): Tensor =>
      b.transpose(b.reshape(this.linear(x, width), [1, tokens, heads, features]), perm);
    const [queries, keys, values] = [perHead([0, 2, 1, 3]), perHead([0, 2, 3, 1]), perHead([0, 2, 1, 3])];
    const scores = b.withConstant("Div", b.matmul(queries, keys), [], [Math.sqrt(features)]);
    return b.matmul(b.softmax(scores), values);
  }
}
