/** Channels that a layout may hold side by side, most first; 1 where none of the others divides them. */
const PACKS = [16, 8, 4] as const;

/** The most channels that can be held side by side without a rest: the largest of 16, 8 and 4 that divides them, or 1. */
export type Pack = (typeof PACKS)[number] | 1;

export function packOf(channels: number): Pack {
  return PACKS.find((pack) => channels > 0 && channels % pack === 0) ?? 1;
}
