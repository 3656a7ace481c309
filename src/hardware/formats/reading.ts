import type { StateField } from "../state-fields.js";

/** What one reader found in a text: some fields, where each came from, and why others could not be read. */
export interface Reading {
  readonly source: string;
  readonly values: ReadonlyMap<StateField, number>;
  readonly reasons: ReadonlyMap<StateField, string>;
}

/** A part of a raw snapshot: what `head FILE FILE` prints under one `==> path <==` line. */
export interface Section {
  /** null: text before the first header. */
  readonly path: string | null;
  readonly text: string;
}

/** Which cores count; undefined means all of them. */
export type CpuSelection = readonly number[] | undefined;

export function reading(
  source: string,
  values: Iterable<readonly [StateField, number]>,
  reasons: Iterable<readonly [StateField, string]> = [],
): Reading {
  return { source, values: new Map(values), reasons: new Map(reasons) };
}

/** Splits a text at the `==> path <==` headers that `head` and `tail` print. */
export function splitSections(text: string): readonly Section[] {
  const sections: { path: string | null; lines: string[] }[] = [{ path: null, lines: [] }];
  for (const line of text.split(/\r?\n/)) {
    const header = /^==> (.+) <==$/.exec(line.trim());
    if (header) sections.push({ path: header[1] ?? null, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections
    .map(({ path, lines }) => ({ path, text: lines.join("\n") }))
    .filter(({ path, text: body }) => path !== null || body.trim() !== "");
}
