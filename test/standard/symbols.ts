import { DimBindings } from "../../src/graph/build-bindings.js";
import { inferGraph } from "../../src/graph/build-inference.js";
import { wireGraph } from "../../src/graph/build-wiring.js";
import { inlineFunctions } from "../../src/graph/inline-functions.js";
import { readOnnx } from "../../src/onnx/reader.js";
import type { Dim, OnnxModel, OnnxType } from "../../src/onnx/types.js";
import { UNKNOWN_FACT } from "../../src/ops/facts.js";
import type { ValueFact } from "../../src/ops/operator.js";
import { ModelError } from "../../src/wire/errors.js";
import type { Answer, StandardCase } from "./cases.js";
import { compare, difference, type Judgement } from "./judge.js";

/**
 * Infers the shapes of a test's outputs with a symbol of its own in the place of every dimension of every input. An
 * output's shape is then compared with the real one by putting the real sizes in the place of the symbols.
 */
export function judgeFromSymbols(test: StandardCase): readonly Judgement[] {
  return judgeSymbolically(() => readOnnx(Buffer.from(test.model, "hex")), test.outputs);
}

/** The same for a model from anywhere. */
export function judgeSymbolically(read: () => OnnxModel, answers: readonly Answer[]): readonly Judgement[] {
  try {
    const { model, sizes } = withSymbols(read());
    const wiring = wireGraph(model.graph, inlineFunctions(model));
    const { facts } = inferGraph(wiring, new DimBindings(model.graph.inputs, {}));
    return answers.map((answer, at) => {
      const fact = bound(facts[wiring.outputs[at] ?? -1] ?? UNKNOWN_FACT, sizes);
      const verdict = compare(fact, answer);
      return { answer, verdict, detail: verdict === "equal" ? "" : `from symbols, ${difference(fact, answer)}`, cause: null };
    });
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const { message } = error;
    return answers.map((answer) => ({ answer, verdict: "error", detail: `from symbols, ${message}`, cause: null }));
  }
}

/** The model with symbols for dimensions, and what each stands for. */
function withSymbols(model: OnnxModel): { readonly model: OnnxModel; readonly sizes: ReadonlyMap<string, number> } {
  const sizes = new Map<string, number>();
  const inputs = model.graph.inputs.map((input) => {
    return { ...input, ...symbolic(input, input.name, sizes) };
  });
  return { model: { ...model, graph: { ...model.graph, inputs } }, sizes };
}

function symbolic({ dtype, shape, container }: OnnxType, name: string, sizes: Map<string, number>): OnnxType {
  const symbols = shape?.map((dim, axis) => {
    if (typeof dim !== "number") return dim;
    const symbol = `size ${axis} of ${name}`;
    sizes.set(symbol, dim);
    return symbol;
  });
  const type = { dtype, shape: symbols ?? null };
  if (container === undefined) return type;
  return { ...type, container: { kind: container.kind, element: symbolic(container.element, name, sizes) } };
}

function bound(fact: ValueFact, sizes: ReadonlyMap<string, number>): ValueFact {
  const size = (dim: Dim): Dim => (typeof dim === "string" ? (sizes.get(dim) ?? null) : dim);
  const bare = { ...fact, shape: fact.shape?.map(size) ?? null, value: fact.value?.map(size) ?? null };
  if (fact.container === undefined) return bare;
  const { kind, length, element, items } = fact.container;
  const inner = items?.map((item) => bound(item, sizes)) ?? null;
  return { ...bare, container: { kind, length: size(length), element: bound(element, sizes), items: inner } };
}
