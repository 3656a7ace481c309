import { type PageSection, sectionsOf } from "../kept-sections.js";
import { tableMarkdown, type Table } from "../report.js";

/** The tables and the text of a page that a command wrote. */
export interface Page {
  readonly name: string;
  readonly sections: readonly TabledSection[];
}

interface TabledSection extends PageSection {
  readonly tables: readonly Table[];
}

/** Lines of a table follow each other, and start with a bar. */
const TABLE = /(?:^\|.*\|$\n?)+/gm;

/** @param name what errors call it */
export function readPage(name: string, markdown: string): Page {
  const sections = sectionsOf(markdown).sections.map((section) => ({ ...section, tables: (section.text.match(TABLE) ?? []).map(readTable) }));
  return { name, sections };
}

function readTable(markdown: string): Table {
  const [head = [], , ...rows] = markdown
    .trimEnd()
    .split("\n")
    .map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()));
  return { head, rows };
}

/** @throws Error without one that starts so */
function sectionOf({ name, sections }: Page, heading: string): TabledSection {
  const section = sections.find((each) => each.heading.startsWith(`## ${heading}`));
  if (section === undefined) throw new Error(`${name} has no section "${heading}".`);
  return section;
}

/**
 * What a section's first table with such a column says of a row.
 *
 * @param heading what the section's heading starts with
 * @param row what the row's first cell starts with
 * @throws Error where there is none
 */
export function cellOf(page: Page, heading: string, row: string, column: string): string {
  for (const { head, rows } of sectionOf(page, heading).tables) {
    const found = rows.find(([first = ""]) => first.startsWith(row));
    const cell = found?.[head.indexOf(column)];
    if (cell !== undefined) return cell;
  }
  throw new Error(`${page.name} has no "${column}" of "${row}" under "${heading}".`);
}

/**
 * The table of a section whose head starts with such a cell.
 *
 * @throws Error where there is none
 */
export function tableOf(page: Page, heading: string, first: string): Table {
  const table = sectionOf(page, heading).tables.find(({ head }) => head[0]?.startsWith(first) === true);
  if (table === undefined) throw new Error(`${page.name} has no table of "${first}" under "${heading}".`);
  return table;
}

/**
 * What a pattern's groups match in a section's text.
 *
 * @throws Error where it does not match
 */
export function matchOf(page: Page, heading: string, pattern: RegExp): readonly string[] {
  const [, ...groups] = pattern.exec(sectionOf(page, heading).text) ?? [];
  if (groups.length === 0) throw new Error(`${page.name} does not say ${String(pattern)} under "${heading}".`);
  return groups;
}

/**
 * A page whose sections have these as their first tables, by heading; everything else stays.
 *
 * @throws Error for a section that it does not have, or that has no table
 */
export function withTables(markdown: string, tables: ReadonlyMap<string, Table>): string {
  const sections = markdown.split(/^(?=## )/m);
  for (const [heading, table] of tables) {
    const place = sections.findIndex((section) => section.startsWith(`## ${heading}\n`));
    const [before] = sections[place]?.match(TABLE) ?? [];
    if (before === undefined) throw new Error(`There is no table under "${heading}" to take the place of.`);
    sections[place] = sections[place]?.replace(before, () => `${tableMarkdown(table)}\n`) ?? "";
  }
  return sections.join("");
}
