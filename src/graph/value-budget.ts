import type { ValueFact } from "../ops/operator.js";

/** Elements that all nodes of a graph together may compute while shapes are inferred. */
const MAX_ELEMENTS = 4_000_000;
/** What still is followed afterwards: a list with one entry for each axis. */
const SHAPE_LENGTH = 64;

/**
 * Keeps the following of small values small as a whole: when many nodes each compute a few thousand elements, only
 * those that can be shapes are followed further.
 */
export class ValueBudget {
  private spent = 0;
  private readonly swept = new WeakSet<ValueFact[]>();

  /** A fact as it may be kept; elements shared with an input are free. */
  admit(fact: ValueFact, inputs: readonly (ValueFact | null)[]): ValueFact {
    if (fact.value === null || inputs.some((input) => input?.value === fact.value)) return fact;
    this.spent += fact.value.length;
    return this.spent > MAX_ELEMENTS ? withoutLongValue(fact) : fact;
  }

  /** Drops the long values that were admitted before the budget ran out; once for each graph. */
  enforceOn(facts: ValueFact[]): void {
    if (this.spent <= MAX_ELEMENTS || this.swept.has(facts)) return;
    this.swept.add(facts);
    for (const [id, fact] of facts.entries()) facts[id] = withoutLongValue(fact);
  }
}

function withoutLongValue(fact: ValueFact): ValueFact {
  return fact.value !== null && fact.value.length > SHAPE_LENGTH ? { ...fact, value: null } : fact;
}
