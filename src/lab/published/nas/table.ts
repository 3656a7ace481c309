import { join } from "node:path";
import { positive, PublishedDataError, readCsv } from "../csv.js";
import { type NasArchitecture, type NasSpace, parseArchitecture } from "./architecture.js";

/** Where the tables come from; goes into every page and manifest made of them. */
export const NAS_SOURCE =
  "HELP (Lee et al., NeurIPS 2021, MIT), its Pixel 3 and some others from HW-NAS-Bench (Li et al., ICLR 2021, MIT)";

/** Columns of both tables, `<device>_ms`; `pixel2` and `samsung_a50` are published in whole milliseconds. */
export const NAS_DEVICES = ["pixel3", "pixel2", "samsung_a50", "silver_4114", "gold_6226"] as const;
export type NasDevice = (typeof NAS_DEVICES)[number];
export const ROUNDED_DEVICES: ReadonlySet<NasDevice> = new Set(["pixel2", "samsung_a50"]);

export interface NasRow {
  readonly architecture: NasArchitecture;
  readonly latencyMs: Readonly<Record<NasDevice, number>>;
}

/**
 * `nas/nasbench201.csv` or `nas/fbnet.csv` of the folder of published tables, in the file's order.
 *
 * @throws PublishedDataError that names the file for one that cannot be read, an architecture of another space or a
 *   repeated one, and a latency that is no number above 0
 */
export function readNasTable(folder: string, space: NasSpace): readonly NasRow[] {
  const path = join(folder, "nas", `${space}.csv`);
  const rows = readCsv(path, ["arch", ...NAS_DEVICES.map((device) => `${device}_ms`)]);
  const seen = new Set<string>();
  return rows.map((row, index) => {
    const text = row.get("arch") ?? "";
    if (seen.has(text)) throw new PublishedDataError(`${path}, line ${index + 2}: ${text} is there twice.`);
    seen.add(text);
    const latency = (device: NasDevice): number => positive(row, `${device}_ms`, path);
    return {
      architecture: architectureOf(text, space, `${path}, line ${index + 2}`),
      latencyMs: {
        pixel3: latency("pixel3"),
        pixel2: latency("pixel2"),
        samsung_a50: latency("samsung_a50"),
        silver_4114: latency("silver_4114"),
        gold_6226: latency("gold_6226"),
      },
    };
  });
}

function architectureOf(text: string, space: NasSpace, place: string): NasArchitecture {
  try {
    return parseArchitecture(text, space);
  } catch (cause) {
    throw new PublishedDataError(`${place}: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
  }
}
