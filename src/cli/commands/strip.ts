import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { buildGraph } from "../../graph/build.js";
import { readOnnx } from "../../onnx/reader.js";
import { STRIPPED_LOCATION } from "../../onnx/strip-tensor.js";
import { OnnxStripper } from "../../onnx/stripper.js";
import { readArgs } from "../args.js";
import { UsageError, type Command } from "../context.js";
import { quantity } from "../format.js";
import { fileChunks } from "../model-file.js";

/** `net.onnx` to `net.stripped.onnx`, beside it. */
function defaultOutput(file: string): string {
  if (file === "-") throw new UsageError("Say with --out where the file that comes from standard input shall go.");
  return `${file.replace(/\.onnx$/, "")}.stripped.onnx`;
}

function write(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes);
  } catch (error) {
    throw new UsageError(`Cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export const stripCommand: Command = {
  name: "strip",
  summary: "write a small copy of a model that holds no weights and predicts the same",
  help: `Usage: tempograph strip FILE [options]

Writes an ONNX file with the operators, types, shapes and small constants of FILE, but without its weights,
documentation and metadata. It has the same model id and gets the same answers, and it is still valid ONNX: the
weights are external data of a file "${STRIPPED_LOCATION}". Nothing here opens that file; where the ONNX checker wants
one, an empty one of the size that is printed will do (truncate -s BYTES ${STRIPPED_LOCATION}). FILE may be - for standard input.

  -o, --out OUT  where to; default: FILE with the ending .stripped.onnx
  -h, --help     this text`,

  async run(args, context) {
    const { values, positionals } = readArgs(args, { out: { type: "string", short: "o" } }, ["FILE"]);
    const [file = "-"] = positionals;
    const out = values.out ?? defaultOutput(file);
    if (resolve(out) === resolve(file)) throw new UsageError("The result cannot replace the file that it is made from.");
    const stripper = new OnnxStripper();
    for await (const chunk of fileChunks(file, context)) stripper.push(chunk);
    const { model, bytes, tensors, weightBytes } = stripper.end();
    const { modelId } = buildGraph(model);
    if (buildGraph(readOnnx(bytes)).modelId !== modelId) {
      throw new Error(`${file} without its weights would be another model: nothing was written`);
    }
    write(out, bytes);
    const size = weightBytes === null ? "more than can be counted" : `${weightBytes} bytes`;
    context.print(`${out}: ${quantity(bytes.length)}B of ${quantity(model.fileBytes)}B, model ${modelId}`);
    context.print(`left out: the elements of ${tensors} tensors, ${size}`);
  },
};
