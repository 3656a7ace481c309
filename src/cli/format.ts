/** A number with three significant digits and a unit prefix: 1.23 M, 45.6 G. */
export function quantity(value: number | null): string {
  if (value === null) return "?";
  const prefixes = ["", " k", " M", " G", " T", " P"];
  let scaled = value;
  let index = 0;
  while (Math.abs(scaled) >= 1_000 && index < prefixes.length - 1) {
    scaled /= 1_000;
    index++;
  }
  return `${Number(scaled.toPrecision(3))}${prefixes[index] ?? ""}`;
}

/** Milliseconds with three significant digits. */
export const milliseconds = (value: number): string => `${Number(value.toPrecision(3))} ms`;

export const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;

/**
 * Rows under headings, columns padded to their widest cell.
 *
 * @param align one letter for each column: `l` or `r`
 */
export function table(headings: readonly string[], rows: readonly (readonly string[])[], align: string): string {
  const widths = headings.map((heading, column) =>
    rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), heading.length),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (align[column] === "r" ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(headings), ...rows.map(line)].join("\n");
}
