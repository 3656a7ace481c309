import type { HardwareCounters, HardwareState } from "../features/state.js";
import { StateError } from "./state-error.js";
import { COUNTER_NAMES, ruleOf, SCALAR_NAMES, STATE_FIELDS } from "./state-fields.js";

/** Longest foreign field name that a message repeats. */
const MAX_ECHO = 80;

function asRecord(value: unknown, field: string): ReadonlyMap<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new StateError(field, `${field === "" ? "The state" : `"${field}"`} must be an object.`);
  }
  return new Map(Object.entries(value));
}

function checkNumber(value: unknown, field: string): number {
  const rule = ruleOf(field);
  if (rule === undefined) {
    const name = field.length > MAX_ECHO ? `${field.slice(0, MAX_ECHO)}...` : field;
    throw new StateError(name, `Unknown state field "${name}". Known fields: ${STATE_FIELDS.join(", ")}.`);
  }
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new StateError(field, `"${field}" must be a finite number (${rule.unit}).`);
  }
  const tooLow = rule.exclusive ? value <= rule.minimum : value < rule.minimum;
  if (tooLow || value > rule.maximum) {
    const low = `${rule.exclusive ? "above" : "at least"} ${rule.minimum}`;
    throw new StateError(field, `"${field}" must be ${low} and at most ${rule.maximum}, not ${value}.`);
  }
  return value;
}

/**
 * Checks a state that came from outside. Fields that are absent stay absent.
 *
 * @throws StateError naming the field: unknown, not a finite number, or out of range.
 */
export function validateState(value: unknown): HardwareState {
  const fields = asRecord(value, "");
  const counters = fields.get("counters");
  const numbers = new Map<string, number>();
  for (const [name, entry] of fields) {
    if (name !== "counters" && entry !== undefined) numbers.set(name, checkNumber(entry, name));
  }
  if (counters !== undefined) {
    for (const [name, entry] of asRecord(counters, "counters")) {
      const field = `counters.${name}`;
      if (entry !== undefined) numbers.set(field, checkNumber(entry, field));
    }
  }
  return stateOf(numbers);
}

/** A state out of checked numbers by dotted path. */
export function stateOf(numbers: ReadonlyMap<string, number>): HardwareState {
  const state: { -readonly [K in keyof HardwareState]: HardwareState[K] } = {};
  for (const name of SCALAR_NAMES) {
    const number = numbers.get(name);
    if (number !== undefined) state[name] = number;
  }
  const counters: { -readonly [K in keyof HardwareCounters]: HardwareCounters[K] } = {};
  for (const name of COUNTER_NAMES) {
    const number = numbers.get(`counters.${name}`);
    if (number !== undefined) counters[name] = number;
  }
  if (Object.keys(counters).length > 0) state.counters = counters;
  return state;
}

/**
 * Reads state fields written as text, as query parameters and command-line options give them.
 *
 * @param entries dotted field and its text, for instance `["counters.cpuCycles", "2.9e9"]`
 * @throws StateError as validateState does
 */
export function parseStateFields(entries: Iterable<readonly [string, string]>): HardwareState {
  const numbers = new Map<string, number>();
  for (const [field, text] of entries) {
    numbers.set(field, checkNumber(text.trim() === "" ? Number.NaN : Number(text), field));
  }
  return stateOf(numbers);
}
