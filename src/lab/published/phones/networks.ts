import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { buildGraph } from "../../../graph/build.js";
import type { Graph } from "../../../graph/types.js";
import { readOnnx } from "../../../onnx/reader.js";
import { PublishedDataError } from "../csv.js";

/** Where scripts/phones-networks.sh puts the networks. */
export const PHONES_NETWORKS = "datasets/phones-networks";
const SUFFIX = ".onnx.gz";

/** The networks of a folder by name. @throws PublishedDataError where it cannot be read or holds none */
export function readNetworks(folder: string): ReadonlyMap<string, Graph> {
  let files: string[];
  try {
    files = readdirSync(folder).filter((file) => file.endsWith(SUFFIX)).sort();
  } catch (cause) {
    throw new PublishedDataError(`The networks in ${folder} cannot be read.`, { cause });
  }
  if (files.length === 0) throw new PublishedDataError(`There are no networks in ${folder}.`);
  return new Map(
    files.map((file) => [file.slice(0, -SUFFIX.length), buildGraph(readOnnx(gunzipSync(readFileSync(join(folder, file)))))]),
  );
}
