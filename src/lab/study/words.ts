/** Three significant digits, plainly written. */
export function number(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(rounded);
}

/** A share of one as a percentage; a decimal from 90 % and below 10 %, where it matters. */
export function percent(share: number): string {
  const value = 100 * share;
  return `${value.toFixed(Math.abs(value) < 10 || (value >= 90 && value < 99.95) ? 1 : 0)} %`;
}

/** A correlation or an exponent. */
export function two(value: number | null): string {
  return value === null ? "not known" : value.toFixed(2);
}

export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1) ?? ""}`;
}
