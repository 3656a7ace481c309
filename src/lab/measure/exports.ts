import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { ZooModel } from "../zoo/index.js";
import { readModel } from "./read-model.js";

const FOLDER = new URL("../../../test/corpus/fixtures/", import.meta.url);

/**
 * A real export without its weights, from the corpus of the tests, ready for an engine that makes up weights. Throws
 * RangeError for a name that is not there.
 */
export function readExport(name: string): ZooModel {
  const plain = fileURLToPath(new URL(`${name}.onnx`, FOLDER));
  const packed = `${plain}.gz`;
  if (!existsSync(plain) && !existsSync(packed)) throw new RangeError(`no export ${name} in the corpus`);
  const onnx = existsSync(plain) ? readFileSync(plain) : gunzipSync(readFileSync(packed));
  return { id: name, family: "real", ...readModel(name, onnx), info: {} };
}
