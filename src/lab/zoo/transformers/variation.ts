import type { ModelBuilder, Tensor } from "../builder.js";
import { Rng } from "../rng.js";
import { MAX_VARIANT_MACS } from "../variants.js";
import type { EncoderForm } from "./encoder.js";

export interface BuiltEncoder {
  readonly b: ModelBuilder;
  readonly output: Tensor | readonly Tensor[];
}

/** Throws RangeError for what is no variant's number. */
export function checkVariant(variant: number): void {
  if (!Number.isSafeInteger(variant) || variant < 0) throw new RangeError(`variant ${variant}`);
}

export function drawForm(rng: Rng): EncoderForm {
  return { layerNorm: rng.pick(["node", "parts"]), attention: rng.pick(["joined", "separate"]) };
}

/** Heads of 32 or 64 features. */
export function drawWidth(rng: Rng): { heads: number; width: number } {
  const heads = rng.int(2, 12);
  return { heads, width: heads * rng.pick([32, 64, 64]) };
}

/** The named shape, or the first one drawn whose work is within the bound on variants. */
export function drawBounded<S, B extends BuiltEncoder>(
  seed: string,
  named: S | undefined,
  draw: (rng: Rng) => S,
  build: (shape: S) => B,
): { shape: S; built: B } {
  if (named !== undefined) return { shape: named, built: build(named) };
  for (let attempt = 0; ; attempt++) {
    const shape = draw(new Rng(`${seed}/shape/${attempt}`));
    const built = build(shape);
    if (built.b.macs <= MAX_VARIANT_MACS) return { shape, built };
  }
}
