import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { everything } from "../helper/onnx-everything.js";
import { readStandardTests } from "../standard/cases.js";

/** Files that mutations start from. */
export interface FuzzCorpus {
  /** The standard's tests: a few hundred bytes each. */
  readonly small: readonly Uint8Array[];
  /** Exports of real networks. */
  readonly large: readonly Uint8Array[];
}

/** Larger files cost more time than they find. */
const MOST_SMALL_BYTES = 4 * 1024;
const MOST_LARGE_BYTES = 48 * 1024;

/** @param root the repository */
export function loadCorpus(root: string): FuzzCorpus {
  const { cases } = readStandardTests(join(root, "test/standard/tests.jsonl.gz"));
  const standard = cases.map(({ model }) => Uint8Array.from(Buffer.from(model, "hex")));
  const exports = ["test/corpus/fixtures", "test/corpus/onnxruntime"].flatMap((folder) => onnxFiles(join(root, folder)));
  const large = [...standard, ...exports].filter(({ length }) => length > MOST_SMALL_BYTES && length <= MOST_LARGE_BYTES);
  return { small: [everything(), ...standard.filter(({ length }) => length <= MOST_SMALL_BYTES)], large };
}

function onnxFiles(folder: string): Uint8Array[] {
  const files = readdirSync(folder).filter((file) => /\.onnx(\.gz)?$/.test(file));
  return files.sort().map((file) => {
    const bytes = readFileSync(join(folder, file));
    return Uint8Array.from(file.endsWith(".gz") ? gunzipSync(bytes) : bytes);
  });
}
