import { describe, expect, it } from "vitest";
import { cellOf, matchOf, readPage, tableOf, withTables } from "./page.js";

const PAGE = `# Accuracy

Some text.

## (a) Idle

Half of it, 51.0 % inside.

| predictor | ±10 % | rows |
| --- | ---: | ---: |
| tempograph (engine) | 99.0 | 96 |
| others |  | 96 |

| family | rows |
| --- | ---: |
| vgg | 32 |

## (b) Loaded

No table.
`;
const page = readPage("page.md", PAGE);

describe("a page that a command wrote", () => {
  it("is read by section, row and column", () => {
    expect(cellOf(page, "(a)", "tempograph", "±10 %")).toBe("99.0");
    expect(cellOf(page, "(a)", "others", "±10 %")).toBe("");
    expect(cellOf(page, "(a)", "vgg", "rows")).toBe("32");
    expect(tableOf(page, "(a)", "family")).toEqual({ head: ["family", "rows"], rows: [["vgg", "32"]] });
    expect(matchOf(page, "(a)", /([\d.]+) % inside/)).toEqual(["51.0"]);
  });

  it.each<[string, () => unknown, string]>([
    ["section", () => cellOf(page, "(c)", "tempograph", "±10 %"), 'page.md has no section "(c)".'],
    ["row", () => cellOf(page, "(a)", "trees", "±10 %"), 'page.md has no "±10 %" of "trees" under "(a)".'],
    ["column", () => cellOf(page, "(a)", "tempograph", "MAPE %"), 'page.md has no "MAPE %" of "tempograph" under "(a)".'],
    ["table", () => tableOf(page, "(b)", "family"), 'page.md has no table of "family" under "(b)".'],
    ["text", () => matchOf(page, "(b)", /([\d.]+) % inside/), 'page.md does not say /([\\d.]+) % inside/ under "(b)".'],
  ])("says which %s is missing", (_, read, message) => {
    expect(read).toThrow(message);
  });
});

describe("withTables", () => {
  it("puts tables in the place of a section's first one, and changes nothing else", () => {
    const table = { head: ["predictor", "±10 %"], rows: [["tempograph", "$& 98.0"]] };
    const now = withTables(PAGE, new Map([["(a) Idle", table]]));
    const read = readPage("now", now);
    expect(read.sections[0]?.tables).toEqual([table, page.sections[0]?.tables[1]]);
    expect(withTables(now, new Map([["(a) Idle", page.sections[0]?.tables[0] ?? table]]))).toBe(PAGE);
  });

  it.each(["(b) Loaded", "(a)"])("refuses a section without a table, or that is not there: %s", (heading) => {
    expect(() => withTables(PAGE, new Map([[heading, { head: [], rows: [] }]]))).toThrow(`"${heading}"`);
  });
});
