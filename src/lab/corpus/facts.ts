import { existsSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { buildGraph } from "../../graph/build.js";
import { summarize, type TensorSummary } from "../../graph/summary.js";
import { readOnnx } from "../../onnx/reader.js";

/** What is found out about one file, for a comparison with other tools. */
export interface FileFacts {
  readonly file: string;
  readonly modelId: string;
  readonly macs: number;
  readonly flops: number;
  /** `domain:opType` of operators that are not known. */
  readonly unsupported: readonly string[];
  readonly nodes: readonly NodeFacts[];
}

export interface NodeFacts {
  readonly opType: string;
  readonly domain: string;
  /** null: the operator or a size is not known. */
  readonly macs: number | null;
  readonly folded: boolean;
  /** Names of tensors; an empty string is an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly TensorSummary[];
}

/** @param dims sizes of the dimensions that the file leaves open */
export function factsOf(file: string, bytes: Uint8Array, dims: ReadonlyMap<string, number>): FileFacts {
  const graph = buildGraph(readOnnx(bytes), { dims, batch: 1 });
  const { nodes } = summarize(graph);
  return {
    file,
    modelId: graph.modelId,
    macs: graph.totals.macs,
    flops: graph.totals.flops,
    unsupported: [...graph.unsupported.keys()],
    nodes: graph.nodes.map(({ opType, domain, cost, folded }, index) => ({
      opType,
      domain,
      macs: cost?.macs ?? null,
      folded,
      inputs: nodes[index]?.inputs ?? [],
      outputs: nodes[index]?.outputs ?? [],
    })),
  };
}

/** The sizes that NAME.json states beside NAME.onnx, see python/corpus_file.py. */
function dimsBeside(path: string): ReadonlyMap<string, number> {
  const beside = path.replace(/\.onnx(\.gz)?$/, ".json");
  if (!existsSync(beside)) return new Map();
  const { dims = {} } = JSON.parse(readFileSync(beside, "utf8")) as { dims?: Record<string, number> };
  return new Map(Object.entries(dims));
}

/** One line of JSON for each file: its facts, or `{file, error}`. */
function main(paths: readonly string[]): void {
  for (const path of paths) {
    const bytes = readFileSync(path);
    let line: FileFacts | { readonly file: string; readonly error: string };
    try {
      line = factsOf(path, path.endsWith(".gz") ? gunzipSync(bytes) : bytes, dimsBeside(path));
    } catch (error) {
      line = { file: path, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
    }
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main(process.argv.slice(2));
