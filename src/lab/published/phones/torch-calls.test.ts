import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { lowerToKernels } from "../../../graph/kernels/lower.js";
import { PHONES_NETWORKS, readNetworks } from "./networks.js";
import { PHONE_RULES } from "./samples.js";

type Counts = Readonly<Record<string, number>>;

interface PrintedCalls {
  readonly torch: string;
  readonly networks: Readonly<Record<string, { readonly float32: Counts; readonly int8: Counts }>>;
}

/** Written by python/torch_mobile_calls.py. */
const PRINTED = JSON.parse(readFileSync("test/fixtures/torch-mobile-calls.json", "utf8")) as PrintedCalls;
const NETWORKS = readNetworks(PHONES_NETWORKS);

/**
 * In floats, a batch norm is folded only into a convolution of the same module, and here the next module's follows. The file
 * does not tell: its exporter folded them all.
 */
const NORMS_OF_OTHER_MODULES: ReadonlySet<string> = new Set(["densenet121", "preresnet18_wd4"]);

/** What PyTorch calls the kernels of one of our names, and whether it tells which of them end with Relu. */
const CALLS: readonly (readonly [name: string, plain: readonly string[], withRelu?: readonly string[]])[] = [
  ["Conv", ["prepacked::conv2d_clamp_run", "quantized::conv2d"], ["quantized::conv2d_relu"]],
  ["Gemm", ["prepacked::linear_clamp_run", "quantized::linear"]],
  ["BatchNormalization", ["aten::batch_norm"], ["quantized::batch_norm2d_relu"]],
  ["Relu", ["aten::relu_"]],
  ["Clip", ["aten::relu6_", "aten::hardtanh_"]],
  ["Add", ["aten::add", "quantized::add"], ["aten::_add_relu", "quantized::add_relu"]],
  ["Mul", ["aten::mul", "quantized::mul"]],
  ["Div", ["aten::div"]],
  ["Sigmoid", ["aten::sigmoid"]],
  ["Concat", ["aten::cat"]],
  ["MaxPool", ["aten::max_pool2d"]],
  ["AveragePool", ["aten::avg_pool2d"]],
  ["GlobalAveragePool", ["aten::adaptive_avg_pool2d"]],
];

const sum = (counts: Counts, names: readonly string[] = []): number => names.reduce((total, name) => total + (counts[name] ?? 0), 0);

function lowered(network: string, rules: "torch-xnnpack" | "torch-qnnpack"): Counts {
  const graph = NETWORKS.get(network);
  if (graph === undefined) throw new Error(`There is no network ${network}.`);
  const counts: Record<string, number> = {};
  for (const { op, activation } of lowerToKernels(graph, PHONE_RULES[rules]).kernels) {
    // One kernel here, four calls there.
    const parts = op === "HardSwish" ? ["Add", "Clip", "Mul", "Div"] : [op];
    for (const part of parts) {
      const name = rules === "torch-qnnpack" && activation === "Relu" ? `${part}, Relu` : part;
      counts[name] = (counts[name] ?? 0) + 1;
    }
  }
  return counts;
}

/** Quantised, PyTorch says which kernels take in a Relu; in floats it says so of additions alone. */
function printed(counts: Counts, tells: boolean): Counts {
  const named = CALLS.flatMap(([name, plain, withRelu]): readonly (readonly [string, number])[] =>
    tells
      ? [
          [name, sum(counts, plain)],
          [`${name}, Relu`, sum(counts, withRelu)],
        ]
      : [[name, sum(counts, plain) + sum(counts, withRelu)]],
  );
  return Object.fromEntries(named.filter(([, count]) => count > 0));
}

function withoutViews(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([name]) => name !== "Reshape"));
}

describe(`what PyTorch ${PRINTED.torch} runs of a network`, () => {
  const names = Object.keys(PRINTED.networks);

  it.each(names)("is what its quantised kernels are lowered to: %s", (name) => {
    expect(withoutViews(lowered(name, "torch-qnnpack"))).toEqual(printed(PRINTED.networks[name]?.int8 ?? {}, true));
  });

  it.each(names.filter((name) => !NORMS_OF_OTHER_MODULES.has(name)))("is what its kernels in floats are lowered to: %s", (name) => {
    expect(withoutViews(lowered(name, "torch-xnnpack"))).toEqual(printed(PRINTED.networks[name]?.float32 ?? {}, false));
  });

  it("has more batch norms in floats where another module's follow a convolution", () => {
    for (const name of NORMS_OF_OTHER_MODULES) {
      expect(PRINTED.networks[name]?.float32["aten::batch_norm"]).toBeGreaterThan(lowered(name, "torch-xnnpack")["BatchNormalization"] ?? 0);
    }
  });
});
