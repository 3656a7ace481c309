/** Weights that Adam updates in place, with the gradient of the loss by each; equal lengths. */
export interface Update {
  readonly weights: Float32Array;
  readonly gradient: Float32Array;
}

export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Decoupled weight decay per step, times the learning rate (Loshchilov and Hutter, ICLR 2019). Default 0. */
  readonly weightDecay?: number;
}

interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/**
 * Adam (Kingma and Ba, ICLR 2015, algorithm 1) on typed arrays. A network of this size has some ten thousand weights:
 * one plain pass is faster than a dozen tensor operations for each variable, gives the same result on every backend,
 * and leaves the learning rate free to follow a schedule (tf.train.adam keeps its own protected).
 */
export class Adam {
  private readonly moments = new Map<Float32Array, Moments>();
  private readonly beta1: number;
  private readonly beta2: number;
  private readonly epsilon: number;
  private readonly weightDecay: number;
  private steps = 0;

  constructor({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamOptions = {}) {
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.weightDecay = weightDecay;
  }

  /** One step on all weights, which are recognised by their array from step to step. */
  step(updates: readonly Update[], learningRate: number): void {
    this.steps += 1;
    const correction1 = 1 - this.beta1 ** this.steps;
    const correction2 = 1 - this.beta2 ** this.steps;
    const decay = 1 - learningRate * this.weightDecay;
    for (const { weights, gradient } of updates) {
      const { first, second } = this.momentsOf(weights);
      for (let i = 0; i < weights.length; i++) {
        const slope = gradient[i] ?? 0;
        const mean = this.beta1 * (first[i] ?? 0) + (1 - this.beta1) * slope;
        const square = this.beta2 * (second[i] ?? 0) + (1 - this.beta2) * slope * slope;
        first[i] = mean;
        second[i] = square;
        const move = mean / correction1 / (Math.sqrt(square / correction2) + this.epsilon);
        weights[i] = decay * (weights[i] ?? 0) - learningRate * move;
      }
    }
  }

  private momentsOf(weights: Float32Array): Moments {
    let moments = this.moments.get(weights);
    if (moments === undefined) {
      moments = { first: new Float32Array(weights.length), second: new Float32Array(weights.length) };
      this.moments.set(weights, moments);
    }
    return moments;
  }
}

/** Scales all gradients in place so that their joint Euclidean norm is at most `limit`; returns the norm before. */
export function clipByGlobalNorm(gradients: readonly Float32Array[], limit: number): number {
  let squares = 0;
  for (const gradient of gradients) for (const slope of gradient) squares += slope * slope;
  const norm = Math.sqrt(squares);
  if (norm > limit) {
    const scale = limit / norm;
    for (const gradient of gradients) {
      for (let i = 0; i < gradient.length; i++) gradient[i] = scale * (gradient[i] ?? 0);
    }
  }
  return norm;
}
