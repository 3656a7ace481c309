import type { Axis } from "./figure.js";

/** Maps values of an axis to the share of its length, 0 at its start and 1 at its end. */
export interface Scale {
  readonly domain: readonly [low: number, high: number];
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** Free space beyond the outermost values, as a share of the axis. */
const PADDING = 0.04;
const TICKS = 5;
const STEPS = [1, 2, 2.5, 5, 10] as const;
/** From so many decades on, only powers of ten are ticks. */
const WIDE_DECADES = 2.5;
const MAX_DECADE_TICKS = 7;

/**
 * The scale that reaches all `values` and what the axis includes. Throws RangeError for a value that is not finite, for one
 * that is not positive on a logarithmic axis, and where there is no value at all.
 */
export function scaleOf(axis: Axis, values: readonly number[]): Scale {
  const all = [...values, ...(axis.include ?? [])];
  if (all.length === 0) throw new RangeError(`nothing to show along the axis "${axis.label}"`);
  const wrong = all.find((value) => !Number.isFinite(value) || (axis.scale === "log" && value <= 0));
  if (wrong !== undefined) throw new RangeError(`${wrong} on the ${axis.scale} axis "${axis.label}"`);
  const forward = axis.scale === "log" ? Math.log10 : (value: number) => value;
  const backward = axis.scale === "log" ? (value: number) => 10 ** value : (value: number) => value;
  let low = all.reduce((least, value) => Math.min(least, forward(value)), Infinity);
  let high = all.reduce((most, value) => Math.max(most, forward(value)), -Infinity);
  const padding = high > low ? (high - low) * PADDING : 0.5;
  // An axis that starts at a meaningful zero keeps it as its end.
  low = axis.scale === "linear" && low === 0 && high > 0 ? 0 : low - padding;
  high += padding;
  const domain = [backward(low), backward(high)] as const;
  const ticks = axis.scale === "log" ? logTicks(domain) : linearTicks(domain);
  return { domain, at: (value) => (forward(value) - low) / (high - low), ticks };
}

/** Multiples of 1, 2, 2.5 or 5 times a power of ten, about five of them. */
export function linearTicks([low, high]: Scale["domain"]): number[] {
  const rough = (high - low) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (STEPS.find((candidate) => candidate * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  // Twelve digits: 3 * 0.1 is 0.3.
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Powers of ten; with 2 and 5 times them where the axis is short. */
export function logTicks([low, high]: Scale["domain"]): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const wide = Math.log10(high / low) >= WIDE_DECADES;
  const every = Math.ceil((last - first) / MAX_DECADE_TICKS);
  const ticks: number[] = [];
  for (let power = first; power <= last; power++) {
    if (wide && power % every !== 0) continue;
    for (const factor of wide ? [1] : [1, 2, 5]) ticks.push(Number(`${factor}e${power}`));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

const SUFFIXES = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;
/** Smaller values are written out. */
const SHORTEN_FROM = 1e4;

/** A tick's number, short: 0.25, 100, 10k, 2M. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  const [unit, suffix] = (size >= SHORTEN_FROM ? SUFFIXES.find(([least]) => size >= least) : undefined) ?? [1, ""];
  return `${Number((value / unit).toPrecision(6))}${suffix}`;
}
