import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const FOLDER = join(import.meta.dirname, "fixtures");

/** What independent counters say of one file; written by `python/build_corpus.py`. */
export interface Reference {
  /** `library:model`. */
  readonly network: string;
  readonly exporter: "torchscript" | "dynamo";
  readonly opset: number;
  readonly input: readonly number[];
  /** Multiply-accumulates for a batch of one, counted in PyTorch. */
  readonly macs: number;
  readonly macsSource: string;
  /** torchvision's published figure. */
  readonly publishedMacs: number | null;
  /** Trainable elements of the PyTorch module. */
  readonly parameters: number;
  /** Float elements in the file that its nodes read. */
  readonly initializerElements: number;
  /** Why these two differ by more than 1 %. */
  readonly parameterNote: string | null;
}

/** File name (without `.gz`) to its reference. */
export const references: ReadonlyMap<string, Reference> = new Map(
  Object.entries(
    JSON.parse(readFileSync(join(import.meta.dirname, "reference.json"), "utf8")) as Record<string, Reference>,
  ),
);

const gzipped = new Map(readdirSync(FOLDER).map((file) => [file.replace(/\.gz$/, ""), file.endsWith(".gz")]));

/** Names of the files in the corpus, without `.gz`. */
export const fixtureNames: readonly string[] = [...gzipped.keys()].sort();

/** The ONNX bytes of a fixture. */
export function readFixture(name: string): Uint8Array {
  return gzipped.get(name) === true
    ? gunzipSync(readFileSync(join(FOLDER, `${name}.gz`)))
    : readFileSync(join(FOLDER, name));
}
