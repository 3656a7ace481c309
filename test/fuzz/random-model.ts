import type { DataType } from "../../src/onnx/dtype.js";
import { readOnnx } from "../../src/onnx/reader.js";
import type { OnnxAttribute, OnnxFunction, OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo, Dim } from "../../src/onnx/types.js";
import type { Random } from "../../src/model/random.js";
import { chance, hostileInteger, pick } from "./draw.js";

const MOST_NODES = 10;
const MOST_SUBGRAPH_DEPTH = 4;
const DTYPES: readonly DataType[] = ["float32", "float32", "float32", "int64", "int64", "int32", "bool", "uint8", "int8", "float16", "int4", "string", "float64", "complex64"];
const SIZES: readonly Dim[] = [0, 1, 1, 2, 3, 3, 4, 5, 8, 8, 16, 224, 2 ** 31, 2 ** 52, "N", "M", "batch", null];
const SMALL: readonly number[] = [-3, -2, -1, 0, 0, 1, 1, 2, 3, 4, 8];
const OPSETS = [1, 6, 7, 9, 11, 13, 17, 18, 21, 24];

/** Writes graphs whose nodes are those of a corpus, wired and sized at random: every operator with its own attributes. */
export class ModelGenerator {
  private readonly templates: readonly (readonly OnnxNode[])[];

  constructor(corpus: readonly Uint8Array[]) {
    const byOperator = new Map<string, OnnxNode[]>();
    for (const bytes of corpus) {
      for (const node of readOnnx(bytes).graph.nodes) {
        const key = `${node.domain}:${node.opType}`;
        byOperator.set(key, [...(byOperator.get(key) ?? []), node]);
      }
    }
    this.templates = [...byOperator.values()];
  }

  generate(random: Random): OnnxModel {
    return new Growth(random, this.templates).model();
  }
}

class Growth {
  private readonly names: string[] = [];
  private readonly inputs: OnnxValueInfo[] = [];
  private readonly initializers: OnnxTensor[] = [];
  private count = 0;

  constructor(
    private readonly random: Random,
    private readonly templates: readonly (readonly OnnxNode[])[],
  ) {}

  model(): OnnxModel {
    const { random } = this;
    for (let i = 1 + random.integer(3); i > 0; i -= 1) this.addInput();
    for (let i = 1 + random.integer(4); i > 0; i -= 1) this.addInitializer();
    const nodes = this.nodes(1 + random.integer(MOST_NODES), 0);
    const functions = chance(random, 0.15) ? [this.wrapped(nodes)] : [];
    const opset = pick(random, OPSETS);
    const outputs = [pick(random, this.names), this.names.at(-1) ?? ""];
    return {
      irVersion: 8,
      producerName: "fuzz",
      producerVersion: "",
      opsets: new Map([["", opset], ["com.microsoft", 1], ["ai.onnx.ml", 3], ["local", 1]]),
      graph: {
        name: "g",
        nodes,
        initializers: this.initializers,
        inputs: this.inputs,
        outputs: outputs.map((name) => ({ name, dtype: null, shape: null })),
        valueInfo: chance(random, 0.2) ? [this.valueInfo(pick(random, this.names))] : [],
      },
      functions,
      fileBytes: 0,
    };
  }

  private nodes(count: number, depth: number): OnnxNode[] {
    return Array.from({ length: count }, () => this.node(depth));
  }

  private node(depth: number): OnnxNode {
    const { random } = this;
    const template = pick(random, pick(random, this.templates));
    const arity = chance(random, 0.1) ? random.integer(7) : template.inputs.length;
    const inputs = Array.from({ length: arity }, () => (chance(random, 0.05) ? "" : this.source()));
    const attributes = new Map<string, OnnxAttribute>();
    for (const [name, value] of template.attributes) {
      if (!chance(random, 0.1)) attributes.set(name, this.attribute(value, depth));
    }
    const outputs = template.outputs.map(() => this.fresh());
    if (depth === 0 || chance(random, 0.5)) this.names.push(...outputs);
    return { ...template, name: chance(random, 0.5) ? `node${this.count}` : "", inputs, outputs, attributes };
  }

  /** Mostly what was made last, so that chains form; sometimes a constant made for the purpose. */
  private source(): string {
    const { random } = this;
    if (chance(random, 0.35)) return this.addInitializer();
    return chance(random, 0.4) ? (this.names.at(-1) ?? "") : pick(random, this.names);
  }

  private attribute(value: OnnxAttribute, depth: number): OnnxAttribute {
    const { random } = this;
    if (value.kind === "graph") {
      if (depth >= MOST_SUBGRAPH_DEPTH || chance(random, 0.5)) return value;
      const nodes = this.nodes(1 + random.integer(2), depth + 1);
      const outputs = nodes.slice(-1).flatMap((node) => node.outputs);
      return { kind: "graph", value: { ...value.value, nodes, outputs: outputs.map((name) => ({ name, dtype: null, shape: null })) } };
    }
    if (!chance(random, 0.3)) return value;
    if (value.kind === "int") return { kind: "int", value: this.integer() };
    if (value.kind === "ints") return { kind: "ints", value: this.integers(value.value.length) };
    if (value.kind === "float") return { kind: "float", value: pick(random, [0, -1, 1e30, NaN, Infinity]) };
    return value;
  }

  private integer(): number {
    return chance(this.random, 0.85) ? pick(this.random, SMALL) : Number(BigInt.asIntN(64, hostileInteger(this.random)));
  }

  private integers(length: number): number[] {
    return Array.from({ length: chance(this.random, 0.7) ? length : this.random.integer(8) }, () => this.integer());
  }

  private addInput(): void {
    const info = this.valueInfo(this.fresh());
    this.inputs.push(info);
    this.names.push(info.name);
  }

  private valueInfo(name: string): OnnxValueInfo {
    const { random } = this;
    const rank = pick(random, [0, 1, 2, 3, 4, 4, 4, 4, 5, 6]);
    const shape = chance(random, 0.05) ? null : Array.from({ length: rank }, () => pick(random, SIZES));
    return { name, dtype: chance(random, 0.05) ? null : pick(random, DTYPES), shape };
  }

  private addInitializer(): string {
    const { random } = this;
    const name = this.fresh();
    if (chance(random, 0.6)) {
      const values = this.integers(random.integer(6));
      const scalar = values.length === 1 && chance(random, 0.5);
      this.initializers.push({ name, dtype: pick(random, ["int64", "int64", "int32", "float32", "bool"] as const), dims: scalar ? [] : [values.length], values, external: false });
    } else {
      const dims = Array.from({ length: random.integer(5) }, () => pick(random, [1, 2, 3, 3, 4, 8, 16, 0, 2 ** 40]));
      this.initializers.push({ name, dtype: pick(random, DTYPES), dims, values: null, external: false });
    }
    this.names.push(name);
    return name;
  }

  private fresh(): string {
    this.count += 1;
    return `v${this.count}`;
  }

  /** Moves the first nodes into a function, which is called in their place; sometimes it calls itself. */
  private wrapped(nodes: OnnxNode[]): OnnxFunction {
    const { random } = this;
    const body = nodes.splice(0, 1 + random.integer(nodes.length));
    const made = new Set(body.flatMap((node) => node.outputs));
    const inputs = [...new Set(body.flatMap((node) => node.inputs))].filter((name) => name !== "" && !made.has(name));
    const outputs = [...made].filter((name) => name !== "");
    const call: OnnxNode = { name: "call", domain: "local", opType: "F", inputs, outputs, attributes: new Map() };
    nodes.unshift(call);
    if (chance(random, 0.2)) body.push({ ...call, outputs: outputs.map((name) => `${name}again`) });
    const opsets = new Map([["", pick(random, OPSETS)]]);
    return { domain: "local", name: "F", inputs, outputs, attributeNames: [], nodes: body, opsets };
  }
}
