import { mean } from "../../dataset/statistics.js";
import type { Table } from "../report.js";
import { cellOf, matchOf, type Page, readPage, tableOf } from "./page.js";

/** Pages of predictors of recorded machines, by their file under docs/. */
const RECORDED = [
  { name: "ONNX Runtime, 45 load states", file: "accuracy.md" },
  { name: "ONNX Runtime, 100 load states", file: "accuracy-epyc-genoa-onnxruntime.md" },
  { name: "TensorFlow Lite", file: "accuracy-epyc-genoa-tflite.md" },
  { name: "MindSpore Lite", file: "accuracy-epyc-genoa-mindspore.md" },
  { name: "MNN", file: "accuracy-epyc-genoa-mnn.md" },
  { name: "ncnn", file: "accuracy-epyc-genoa-ncnn.md" },
] as const;
const PHONES = "accuracy-phones.md";
const NAS = "accuracy-nas.md";
const BOARDS = "accuracy-ncnn.md";

/** A family is predicted well where so many of its networks are within 10 %. */
const FAMILY_ASKED = 90;
/** What tables of pages call the predictor that ships. */
const OWN = "tempograph";

/** What was asked, with what pages say that is reached: tables by the heading that they stand under. */
export function reachedTables(read: (file: string) => string): ReadonlyMap<string, Table> {
  const pageOf = (file: string): Page => readPage(file, read(file));
  const recorded = RECORDED.map(({ name, file }) => ({ name: `[${name}](${file})`, page: pageOf(file) }));
  return new Map([
    ["Recorded machines", recordedTable(recorded)],
    ["How well labels agree with themselves", floorTable(recorded)],
    ["Intervals of recorded machines", intervalTable(recorded)],
    ["Phones, search spaces and boards", publishedTable(pageOf(PHONES), pageOf(NAS), pageOf(BOARDS))],
  ]);
}

interface Recorded {
  readonly name: string;
  readonly page: Page;
}

function recordedTable(recorded: readonly Recorded[]): Table {
  return {
    head: [
      "share within 10 %, but where it says otherwise",
      "idle",
      "idle, within 5 %",
      "loaded",
      "loaded, MAPE %",
      "states unseen",
      "families left out, mean",
      `families at ${FAMILY_ASKED} or more`,
      "the least",
      "three families train",
    ],
    rows: [
      ["**asked**", "99.5; other engines 97", "95", "97", "3.5", "", "", "ten of ten", String(FAMILY_ASKED), "85"],
      ...recorded.map(({ name, page }) => {
        const families = familiesOf(page).sort((a, b) => a.within10 - b.within10);
        const [least] = families;
        return [
          name,
          cellOf(page, "(a)", OWN, "±10 %"),
          cellOf(page, "(a)", OWN, "±5 %"),
          cellOf(page, "(b)", OWN, "±10 %"),
          cellOf(page, "(b)", OWN, "MAPE %"),
          cellOf(page, "(b')", OWN, "±10 %"),
          mean(families.map(({ within10 }) => within10)).toFixed(1),
          String(families.filter(({ within10 }) => within10 >= FAMILY_ASKED).length),
          least === undefined ? "" : `${least.within10.toFixed(1)} (${least.family})`,
          cellOf(page, "(d)", OWN, "±10 %"),
        ];
      }),
    ],
  };
}

/** Each family that was left out: what of it is within 10 %, and its MAPE. */
function familiesOf(page: Page): { readonly family: string; readonly within10: number; readonly mapePercent: number }[] {
  const { head, rows } = tableOf(page, "(c)", "family left out: ±10 % (MAPE)");
  const column = head.findIndex((name) => name.startsWith(OWN));
  return rows.map((row) => {
    const [within10 = NaN, mapePercent = NaN] = (row[column] ?? "").split("(").map(Number.parseFloat);
    return { family: row[0] ?? "", within10, mapePercent };
  });
}

function floorTable(recorded: readonly Recorded[]): Table {
  const [data, idle, loaded] = ["The data and their noise floor", "idle: ", "loaded: "];
  return {
    head: ["within 10 %", "labels idle", "within 5 %", "labels under load", "within 5 %", "slowdown alone, idle latency given"],
    rows: recorded.map(({ name, page }) => [
      name,
      ...[idle, loaded].flatMap((row) => [cellOf(page, data, row, "±10 %"), cellOf(page, data, row, "±5 %")]),
      cellOf(page, "(b)", "slowdown alone", "±10 %"),
    ]),
  };
}

function intervalTable(recorded: readonly Recorded[]): Table {
  return {
    head: ["held %; mean half-width %, over the MAPE in brackets", "idle", "loaded", "families left out", "three families train"],
    rows: [
      ["**asked**", ...Array<string>(4).fill("88 to 93; twice the MAPE")],
      ...recorded.map(({ name, page }) => [
        name,
        heldCell(cellOf(page, "(b)", "idle", "coverage %"), cellOf(page, "(b)", "idle", "mean half-width %"), Number(cellOf(page, "(a)", OWN, "MAPE %"))),
        heldCell(cellOf(page, "(b)", "loaded", "coverage %"), cellOf(page, "(b)", "loaded", "mean half-width %"), Number(cellOf(page, "(b)", OWN, "MAPE %"))),
        heldCell(
          cellOf(page, "(c)", "all", "in intervals asked at 90 %"),
          cellOf(page, "(c)", "all", "mean half-width %"),
          mean(familiesOf(page).map(({ mapePercent }) => mapePercent)),
        ),
        heldCell(
          cellOf(page, "(d)", "", "in intervals by score %"),
          cellOf(page, "(d)", "", "mean half-width %"),
          Number(cellOf(page, "(d)", OWN, "MAPE %")),
        ),
      ]),
    ],
  };
}

function heldCell(covered: string, halfWidthPercent: string, mapePercent: number): string {
  return `${covered}; ${halfWidthPercent} (${(Number(halfWidthPercent) / mapePercent).toFixed(1)})`;
}

function publishedTable(phones: Page, nas: Page, boards: Page): Table {
  const shipped = "factors and sums, blended";
  const phone = (name: string, section: string, asked: readonly [string, string]): string[] => {
    const [inside = "", halfWidth = ""] = matchOf(phones, section, /([\d.]+) % inside, mean half-width\s+([\d.]+) %/);
    const mape = cellOf(phones, section, shipped, "MAPE %");
    return [`[phones](${PHONES}): ${name}`, `MAPE ${asked[0]} %; ${asked[1]}`, `${mape} %; ${cellOf(phones, section, shipped, "±10 %")}`, heldCell(inside, halfWidth, Number(mape))];
  };
  const space = (title: string, part: string, asked: string, row: string): string[] => {
    const section = `${title}: ${part}`;
    const covered = tableOf(nas, section, "interval asked at 90 %").rows.map(([, inside]) => Number(inside));
    const held = `${Math.min(...covered).toFixed(1)} to ${Math.max(...covered).toFixed(1)} by device`;
    return [`[${title}](${NAS}): ${part}`, `Spearman ${asked}`, cellOf(nas, section, row, "mean").replace(" / ", "; "), held];
  };
  const spaces = ["NAS-Bench-201", "FBNet"];
  const own = `**${OWN}`;
  const minimum = "`min_ms`";
  return {
    head: ["what", "asked, with the share within 10 %", "reached", "intervals asked at 90 %: held %; mean half-width % (over the MAPE)"],
    rows: [
      phone("other members of known families", "CPU: other members", ["2.5", "98"]),
      phone("families left out", "CPU: families left out", ["6", "82"]),
      phone("a device left out, 10 networks that tell most", "CPU: a phone left out, its ten", ["5", "88"]),
      phone("a device left out, 10 networks at random", "CPU: a phone left out", ["5", "88"]),
      ...spaces.map((title) => space(title, "900 architectures train", "0.99; 97", `${OWN}: factors`)),
      ...spaces.map((title) => space(title, "a device unseen, 10 samples", "0.95", own)),
      [`[ncnn boards](${BOARDS}): unseen, 10 networks of their log`, "75", cellOf(boards, minimum, own, "±10 %"), cellOf(boards, minimum, "all", "coverage %")],
    ],
  };
}
