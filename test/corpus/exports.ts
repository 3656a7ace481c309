import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { DataType } from "../../src/onnx/dtype.js";

const FOLDER = join(import.meta.dirname, "exports");

/** Where a file comes from and what independent counters say of it; written by `python/record_fixtures.py`. */
export interface Origin {
  /** The library, and the network of it. */
  readonly source: string;
  readonly network: string;
  readonly tool: string;
  /** Sizes for the axes that the file leaves open, by symbol or as `input[axis]`. */
  readonly dims: Readonly<Record<string, number>>;
  /** Multiply-accumulates counted at the export; of a file made from another, that one's. */
  readonly macs: number | null;
  readonly macsByOnnxTool: number | null;
  /** The file that this one was made from, and what was done to it. */
  readonly plain?: string;
  readonly variant?: string;
}

export const origins: ReadonlyMap<string, Origin> = new Map(
  Object.entries(JSON.parse(readFileSync(join(FOLDER, "origins.json"), "utf8")) as Record<string, Origin>),
);

export type TensorFact = readonly [DataType, readonly number[]];

const shapes = new Map(
  Object.entries(
    JSON.parse(gunzipSync(readFileSync(join(FOLDER, "shapes.json.gz"))).toString()) as Record<
      string,
      Record<string, TensorFact>
    >,
  ),
);

/** Tensor to its type and dimensions, where a tool knows all of them and no other contradicts. */
export function shapesOf(name: string): ReadonlyMap<string, TensorFact> {
  return new Map(Object.entries(shapes.get(name) ?? {}));
}

/** The ONNX bytes of a file. */
export function readExport(name: string): Uint8Array {
  return gunzipSync(readFileSync(join(FOLDER, `${name}.onnx.gz`)));
}
