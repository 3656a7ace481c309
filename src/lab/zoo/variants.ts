import { alexnet } from "./families/alexnet.js";
import { cells } from "./families/cells.js";
import { densenet } from "./families/densenet.js";
import { googlenet } from "./families/googlenet.js";
import { mobilenetv1 } from "./families/mobilenetv1.js";
import { mobilenetv2 } from "./families/mobilenetv2.js";
import { mobilenetv3 } from "./families/mobilenetv3.js";
import type { BuiltNet, Family } from "./families/net.js";
import { resnet } from "./families/resnet.js";
import { shufflenetv2 } from "./families/shufflenetv2.js";
import { squeezenet } from "./families/squeezenet.js";
import { vgg } from "./families/vgg.js";
import type { ZooModel } from "./model.js";
import { Rng } from "./rng.js";
import type { Traits } from "./variation.js";
import { CLASSIC, drawTraits, Variation } from "./variation.js";

/** Part of every seed: to be raised by each change after which some id stands for another model. */
export const ZOO_VERSION = 1;

export const FAMILIES = [
  "alexnet",
  "vgg",
  "googlenet",
  "resnet",
  "densenet",
  "squeezenet",
  "mobilenetv1",
  "mobilenetv2",
  "mobilenetv3",
  "shufflenetv2",
] as const;
export type FamilyName = (typeof FAMILIES)[number];

const BUILDERS: Readonly<Record<FamilyName, Family>> = {
  alexnet,
  vgg,
  googlenet,
  resnet,
  densenet,
  squeezenet,
  mobilenetv1,
  mobilenetv2,
  mobilenetv3,
  shufflenetv2,
};

/** Bounds on a variant, so that one run takes about 0.15 s on a core of 40 GFLOP/s and its weights stay modest. */
export const MAX_VARIANT_MACS = 3e9;
const MAX_VARIANT_PARAMETERS = 70e6;
/** A variant over its bounds is drawn again, narrower by this factor after every few attempts. */
const ATTEMPTS_PER_WIDTH = 3;
const NARROWING = 0.8;

/** Draws a variant until it is within its bounds; a classic is what it is. */
function drawWithinBounds(family: string, variant: number, traits: Traits, build: (variation: Variation, rng: Rng) => BuiltNet): BuiltNet {
  let width = 1;
  for (let attempt = 0; ; attempt++) {
    if (attempt > 0 && attempt % ATTEMPTS_PER_WIDTH === 0) width *= NARROWING;
    const rng = new Rng(`zoo${ZOO_VERSION}/${family}/${variant}/layers/${attempt}`);
    const net = build(new Variation(traits, rng, width), rng);
    if (traits.classic) return net;
    if (net.builder.macs <= MAX_VARIANT_MACS && net.builder.parameters <= MAX_VARIANT_PARAMETERS) return net;
  }
}

/** Traits of a variant; `plain` are those of variant 0, where the family has a plain architecture. */
function traitsOf(family: string, variant: number, plain?: Traits): Traits {
  if (!Number.isSafeInteger(variant) || variant < 0) throw new RangeError(`variant ${variant}`);
  if (variant === 0 && plain !== undefined) return plain;
  return drawTraits(new Rng(`zoo${ZOO_VERSION}/${family}/${variant}/traits`));
}

/**
 * Variant 0 is the family's plain architecture; every other one draws depth, width, input size, kernels, each
 * convolution's output channels (uniform in [0.2, 1.8] of the original), inserted pointwise convolutions, and
 * whether batch norms are nodes. Deterministic: the same arguments yield the same bytes. Variants other than 0 are
 * bounded by MAX_VARIANT_MACS; a costly one keeps its input size and becomes narrower.
 *
 * @throws RangeError where `variant` is not a non-negative integer
 */
export function buildVariant(family: FamilyName, variant: number): ZooModel {
  const traits = traitsOf(family, variant, CLASSIC);
  const { builder, output, member } = drawWithinBounds(family, variant, traits, BUILDERS[family]);
  return builder.finish(output, {
    id: `${family}-${variant}`,
    family,
    note: variant === 0 ? member : `${member}, varied`,
    info: { member, ...traits },
  });
}

/** The family of buildCells. */
export const CELLS = "cells";

/**
 * A network of random cells: see families/cells.ts. It has no plain architecture, and so each variant is drawn; bounds and
 * traits are those of buildVariant.
 *
 * @throws RangeError where `variant` is not a non-negative integer
 */
export function buildCells(variant: number): ZooModel {
  const traits = traitsOf(CELLS, variant);
  const { builder, output, member } = drawWithinBounds(CELLS, variant, traits, cells);
  return builder.finish(output, { id: `${CELLS}-${variant}`, family: CELLS, note: member, info: { member, ...traits } });
}
