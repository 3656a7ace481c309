import type { GradConfig, Tensor, Tensor2D } from "@tensorflow/tfjs-core";

import type { Tf } from "./backend.js";
import { elementwiseGradients } from "./elementwise-gradients.js";
import { matrixProduct } from "./matrix-product.js";

/**
 * The Node build of @tensorflow/tfjs-core has the machinery for differentiation but no gradients: they come with the
 * union package, along with layers, converters and browser backends. This registers those that networks here are
 * trained with (products, elementwise arithmetic and activations, reductions, reshaping, Concat, Slice, Select) for all
 * backends. A loss that needs another one fails with "gradient function not found for ..." and the kernel's name.
 *
 * The native package does bring gradients; these replace them, so that training is the same on every backend (and
 * because those of Maximum and Minimum there forget to undo broadcasting).
 */
export function registerGradients(tf: Tf): void {
  for (const gradient of [...elementwiseGradients(tf), ...structuralGradients(tf)]) {
    tf.registerGradient(gradient);
  }
}

/** Gradient of one output, from the upstream gradient, the saved tensors and the kernel's attributes. */
type Derivative<A> = (upstream: Tensor, saved: readonly Tensor[], attributes: A) => Record<string, () => Tensor>;

function gradient<A>(
  kernelName: string,
  inputsToSave: string[],
  derivative: Derivative<A>,
  options: Pick<GradConfig, "outputsToSave" | "saveAllInputs"> = {},
): GradConfig {
  return {
    kernelName,
    inputsToSave,
    ...options,
    // The engine passes what the kernel was called with; the attributes' type is the kernel's by its name.
    gradFunc: (upstream, saved, attributes) => derivative(upstream as Tensor, saved, attributes as A),
  };
}

function structuralGradients(tf: Tf): GradConfig[] {
  return [
    gradient<{ transposeA: boolean; transposeB: boolean }>(
      tf.BatchMatMul,
      ["a", "b"],
      (slopes, [a, b], { transposeA, transposeB }) => {
        const [upstream, left, right] = [slopes as Tensor2D, a as Tensor2D, b as Tensor2D];
        return {
          a: () =>
            transposeA
              ? matrixProduct(tf, right, upstream, { transposeA: transposeB, transposeB: true })
              : matrixProduct(tf, upstream, right, { transposeB: !transposeB }),
          b: () =>
            transposeB
              ? matrixProduct(tf, upstream, left, { transposeA: true, transposeB: transposeA })
              : matrixProduct(tf, left, upstream, { transposeA: !transposeA }),
        };
      },
    ),
    gradient<{ axis: number | number[] }>(tf.Sum, ["x"], (upstream, [x], { axis }) => ({
      x: () => spread(tf, upstream, shapeOf(x), axis),
    })),
    gradient<{ axis: number | number[] }>(tf.Mean, ["x"], (upstream, [x], { axis }) => ({
      x: () => {
        const shape = shapeOf(x);
        const count = tf.util.parseAxisParam(axis, shape).reduce((product, dim) => product * (shape[dim] ?? 1), 1);
        return tf.div(spread(tf, upstream, shape, axis), count);
      },
    })),
    gradient<{ reductionIndices: number | number[] }>(
      tf.Max,
      ["x"],
      (upstream, saved, { reductionIndices: axis }) => ({
        x: () => {
          const [x, maximum] = saved;
          const shape = shapeOf(x);
          const chosen = tf.equal(x ?? upstream, spread(tf, maximum ?? upstream, shape, axis));
          return tf.mul(spread(tf, upstream, shape, axis), tf.cast(chosen, "float32"));
        },
      }),
      { outputsToSave: [true] },
    ),
    gradient(tf.Reshape, ["x"], (upstream, [x]) => ({ x: () => tf.reshape(upstream, shapeOf(x)) })),
    gradient(tf.ExpandDims, ["input"], (upstream, [input]) => ({
      input: () => tf.reshape(upstream, shapeOf(input)),
    })),
    gradient<{ perm: number[] }>(tf.Transpose, [], (upstream, _, { perm }) => ({
      x: () => {
        const inverse = perm.map((_unused, axis) => perm.indexOf(axis));
        return tf.transpose(upstream, inverse);
      },
    })),
    gradient<{ reps: number[] }>(tf.Tile, ["x"], (upstream, [x], { reps }) => ({
      x: () => {
        const shape = shapeOf(x);
        // [2, 3] repeated [5, 7] times is [5, 2, 7, 3], summed over the repetitions.
        const split = shape.flatMap((dim, axis) => [reps[axis] ?? 1, dim]);
        return tf.sum(tf.reshape(upstream, split), shape.map((_unused, axis) => 2 * axis));
      },
    })),
    gradient<{ axis: number }>(
      tf.Concat,
      [],
      (upstream, inputs, { axis }) => {
        const along = tf.util.parseAxisParam(axis, upstream.shape)[0] ?? 0;
        const sizes = inputs.map((input) => input.shape[along] ?? 0);
        const pieces = tf.split(upstream, sizes, along);
        return Object.fromEntries(pieces.map((piece, index) => [index, () => piece]));
      },
      { saveAllInputs: true },
    ),
    gradient<{ begin: number[]; size: number[] }>(tf.Slice, ["x"], (upstream, [x], { begin }) => ({
      x: () => {
        const paddings = shapeOf(x).map((dim, axis): [number, number] => {
          const before = begin[axis] ?? 0;
          return [before, dim - before - (upstream.shape[axis] ?? 0)];
        });
        return tf.pad(upstream, paddings);
      },
    })),
  ];
}

/** Undoes a reduction's loss of axes: repeats the values along them to reach `shape`. */
function spread(tf: Tf, reduced: Tensor, shape: number[], axis: number | number[]): Tensor {
  const kept = shape.slice();
  for (const dim of tf.util.parseAxisParam(axis, shape)) kept[dim] = 1;
  return tf.broadcastTo(tf.reshape(reduced, kept), shape);
}

function shapeOf(tensor: Tensor | undefined): number[] {
  return tensor?.shape ?? [];
}
