import { float } from "./proto.js";
import type { Tensor } from "./writer.js";
import { GraphWriter } from "./writer.js";

/** Operators of one input and the same output shape, without parameters. */
export type UnaryOp = "Relu" | "Sigmoid" | "Tanh" | "HardSwish" | "Erf" | "Sqrt" | "Exp" | "Gelu";
export type BinaryOp = "Add" | "Mul" | "Sub" | "Div";
/** The activations that follow a convolution, by the form in which exporters write them. */
export type Activation =
  | "none"
  | "relu"
  | "relu6"
  | "leakyRelu"
  | "sigmoid"
  | "tanh"
  | "hardSigmoid"
  | "hardSwish"
  | "hardSwishPair"
  | "hardSwishParts"
  | "silu";

const LEAKY_SLOPE = 0.1;

/** The shape to which both broadcast (NumPy's rule). Throws RangeError where they contradict. */
function broadcast(left: readonly number[], right: readonly number[]): number[] {
  const rank = Math.max(left.length, right.length);
  return Array.from({ length: rank }, (_, axis) => {
    const a = left[axis - rank + left.length] ?? 1;
    const b = right[axis - rank + right.length] ?? 1;
    if (a !== b && a !== 1 && b !== 1) throw new RangeError(`cannot broadcast [${left.join()}] with [${right.join()}]`);
    return Math.max(a, b);
  });
}

/** Activations and arithmetic. */
export class ElementwiseBuilder extends GraphWriter {
  /** Gelu needs opset 20, HardSwish 14. */
  unary(opType: UnaryOp, x: Tensor): Tensor {
    return this.node(opType, [x.name], x.shape);
  }

  relu(x: Tensor): Tensor {
    return this.unary("Relu", x);
  }

  /** Clip to 0..6, the bounds as scalar initializers. */
  relu6(x: Tensor): Tensor {
    return this.clip(x, 0, 6);
  }

  clip(x: Tensor, low: number, high: number): Tensor {
    return this.node("Clip", [x.name, this.weight("min", [], [low]), this.weight("max", [], [high])], x.shape);
  }

  leakyRelu(x: Tensor): Tensor {
    return this.node("LeakyRelu", [x.name], x.shape, { alpha: float(LEAKY_SLOPE) });
  }

  sigmoid(x: Tensor): Tensor {
    return this.unary("Sigmoid", x);
  }

  tanh(x: Tensor): Tensor {
    return this.unary("Tanh", x);
  }

  /** max(0, min(1, x / 6 + 1 / 2)). */
  hardSigmoid(x: Tensor): Tensor {
    return this.node("HardSigmoid", [x.name], x.shape, { alpha: float(1 / 6), beta: float(0.5) });
  }

  hardSwish(x: Tensor): Tensor {
    return this.unary("HardSwish", x);
  }

  /** Hard-swish as exporters before opset 14 write it: HardSigmoid and Mul. */
  hardSwishPair(x: Tensor): Tensor {
    return this.mul(x, this.hardSigmoid(x));
  }

  /** HardSwish as pytorchcv writes it, x * relu6(x + 3) / 6 in four nodes. */
  hardSwishParts(x: Tensor): Tensor {
    const gate = this.relu6(this.withConstant("Add", x, [], [3]));
    return this.withConstant("Div", this.mul(x, gate), [], [6]);
  }

  /** x * sigmoid(x), as exporters write it: Sigmoid and Mul. */
  silu(x: Tensor): Tensor {
    return this.mul(x, this.sigmoid(x));
  }

  /** The exact Gelu as exporters before opset 20 write it: x / sqrt(2), Erf, + 1, * x, * 1/2. */
  geluPattern(x: Tensor): Tensor {
    const shifted = this.withConstant("Add", this.unary("Erf", this.withConstant("Div", x, [], [Math.SQRT2])), [], [1]);
    return this.withConstant("Mul", this.mul(x, shifted), [], [0.5]);
  }

  activate(activation: Activation, x: Tensor): Tensor {
    return activation === "none" ? x : this[activation](x);
  }

  binary(opType: BinaryOp, left: Tensor, right: Tensor): Tensor {
    return this.node(opType, [left.name, right.name], broadcast(left.shape, right.shape));
  }

  add(left: Tensor, right: Tensor): Tensor {
    return this.binary("Add", left, right);
  }

  mul(left: Tensor, right: Tensor): Tensor {
    return this.binary("Mul", left, right);
  }

  /** Arithmetic with a constant of this shape on the right. */
  withConstant(opType: BinaryOp | "Pow", x: Tensor, shape: readonly number[], fill?: readonly number[]): Tensor {
    return this.node(opType, [x.name, this.weight("constant", shape, fill)], broadcast(x.shape, shape));
  }
}
