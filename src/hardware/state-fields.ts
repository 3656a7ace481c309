import type { HardwareCounters, HardwareState } from "../features/state.js";

export type CounterName = keyof HardwareCounters;
export type ScalarName = Exclude<keyof HardwareState, "counters">;
/** A field of the state as users write it: `utilization`, `counters.cpuCycles`. */
export type StateField = ScalarName | `counters.${CounterName}`;

export interface FieldRule {
  readonly unit: string;
  readonly description: string;
  readonly minimum: number;
  /** True when the minimum itself is not allowed. */
  readonly exclusive: boolean;
  readonly maximum: number;
}

const COUNT_LIMIT = Number.MAX_SAFE_INTEGER;

function rule(unit: string, description: string, minimum: number, exclusive: boolean, maximum: number): FieldRule {
  return { unit, description, minimum, exclusive, maximum };
}

const count = (description: string) => rule("1", description, 0, false, COUNT_LIMIT);

export const SCALAR_RULES: Readonly<Record<ScalarName, FieldRule>> = {
  frequencyMHz: rule("MHz", "Clock frequency of the cores that the model will run on.", 0, true, 100_000),
  utilization: rule(
    "1",
    "Busy share of those cores, by everything but the model, 0 to 1, over at least a second.",
    0,
    false,
    1,
  ),
  bandwidthGBs: rule("GB/s", "Sequential read/write bandwidth that a probe on those cores still gets.", 0, true, 100_000),
  runDelayRatio: rule("1", "Time a short probe waited for its core per time it ran; 0 on a free core.", 0, false, 1e6),
};

export const COUNTER_RULES: Readonly<Record<CounterName, FieldRule>> = {
  l1dAccess: count("L1 data-cache accesses."),
  l2dAccess: count("L2 data-cache accesses."),
  l3dAccess: count("L3 data-cache accesses."),
  instructions: count("Instructions retired."),
  cpuCycles: count("CPU cycles."),
  cpuClockMs: rule("ms", "CPU time spent over the interval, summed over the cores.", 0, false, COUNT_LIMIT),
  intervalMs: rule("ms", "Length of the interval over which the counters ran.", 0, true, COUNT_LIMIT),
};

export const SCALAR_NAMES = Object.keys(SCALAR_RULES) as readonly ScalarName[];
export const COUNTER_NAMES = Object.keys(COUNTER_RULES) as readonly CounterName[];

/** Every field of a state, in the order of the documentation. */
export const STATE_FIELDS: readonly StateField[] = [
  ...SCALAR_NAMES,
  ...COUNTER_NAMES.map((name) => `counters.${name}` as const),
];

/** The rule of a field by its dotted path, or undefined when there is no such field. */
export function ruleOf(field: string): FieldRule | undefined {
  const name = field.replace(/^counters\./, "");
  const rules: Readonly<Record<string, FieldRule>> = name === field ? SCALAR_RULES : COUNTER_RULES;
  return Object.hasOwn(rules, name) ? rules[name] : undefined;
}

/** The fields that a state leaves out, as dotted paths. */
export function missingFields(state: HardwareState): StateField[] {
  return [
    ...SCALAR_NAMES.filter((name) => state[name] === undefined),
    ...COUNTER_NAMES.filter((name) => state.counters?.[name] === undefined).map((name) => `counters.${name}` as const),
  ];
}
