import { ModelError } from "../wire/errors.js";
import { MessageHandler } from "../wire/schema.js";
import { AttributeBuilder, type AttributeOwner, type GraphHandler } from "./attribute-builder.js";
import type { Budget } from "./budget.js";
import { GRAPH, GRAPH_SCHEMA, NODE, NODE_SCHEMA } from "./schema.js";
import { SparseTensorBuilder, TensorBuilder } from "./tensor-builder.js";
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor, OnnxValueInfo } from "./types.js";
import { ValueInfoBuilder } from "./value-info-builder.js";

/** What the builders of one file share. */
export class ReadContext {
  readonly valueInfo: ValueInfoBuilder;

  constructor(readonly budget: Budget) {
    this.valueInfo = new ValueInfoBuilder(budget);
  }

  readonly newGraph = (): GraphHandler => new GraphBuilder(this);
}

const NO_ATTRIBUTES: ReadonlyMap<string, OnnxAttribute> = new Map();

/** Collects a GraphProto, at the top or inside an attribute. */
export class GraphBuilder extends MessageHandler implements GraphHandler {
  override readonly schema = GRAPH_SCHEMA;
  private name = "";
  private readonly nodes: OnnxNode[] = [];
  private readonly initializers: OnnxTensor[] = [];
  private readonly inputs: OnnxValueInfo[] = [];
  private readonly outputs: OnnxValueInfo[] = [];
  private readonly valueInfo: OnnxValueInfo[] = [];
  private readonly node: NodeBuilder;

  constructor(private readonly context: ReadContext) {
    super();
    this.node = new NodeBuilder(context, this.nodes);
  }

  override text(_field: number, value: string): void {
    this.name = value;
  }

  override message(field: number): MessageHandler {
    const { context } = this;
    switch (field) {
      case GRAPH.node:
        return this.node.begin();
      case GRAPH.initializer:
        return new TensorBuilder(context.budget, this.initializers);
      case GRAPH.sparseInitializer:
        return new SparseTensorBuilder(context.budget, this.initializers);
      case GRAPH.input:
        return context.valueInfo.into(this.inputs);
      case GRAPH.output:
        return context.valueInfo.into(this.outputs);
      default:
        return context.valueInfo.into(this.valueInfo);
    }
  }

  build(): OnnxGraph {
    const { name, nodes, initializers, inputs, outputs, valueInfo } = this;
    return { name, nodes, initializers, inputs, outputs, valueInfo };
  }
}

/** Collects one NodeProto after the other and appends them to `done`. */
export class NodeBuilder extends MessageHandler implements AttributeOwner {
  override readonly schema = NODE_SCHEMA;
  private name = "";
  private domain = "";
  private opType = "";
  private readonly inputs = new NameList();
  private readonly outputs = new NameList();
  private attributes: Map<string, OnnxAttribute> | null = null;
  private readonly attribute: AttributeBuilder;

  constructor(
    private readonly context: ReadContext,
    private readonly done: OnnxNode[],
  ) {
    super();
    this.attribute = new AttributeBuilder(context.budget, context.newGraph, this);
  }

  /** Starts the next node. @throws ModelError("limit-exceeded") */
  begin(): this {
    this.context.budget.countNode();
    this.name = "";
    this.domain = "";
    this.opType = "";
    this.attributes = null;
    return this;
  }

  override text(field: number, value: string): void {
    switch (field) {
      case NODE.input:
        this.context.budget.countListItem();
        this.inputs.add(value);
        break;
      case NODE.output:
        this.context.budget.countListItem();
        this.outputs.add(value);
        break;
      case NODE.name:
        this.name = value;
        break;
      case NODE.opType:
        this.opType = value;
        break;
      default:
        this.domain = normalizeDomain(value);
    }
  }

  override message(): MessageHandler {
    return this.attribute.begin();
  }

  override close(): void {
    const { name, domain, opType } = this;
    if (opType === "") {
      throw new ModelError("malformed", `node ${this.done.length} ("${name}") names no operator`, { node: name, field: "op_type" });
    }
    const [inputs, outputs] = [this.inputs.take(), this.outputs.take()];
    this.done.push({ name, domain, opType, inputs, outputs, attributes: this.attributes ?? NO_ATTRIBUTES });
  }

  addAttribute(attribute: AttributeBuilder): void {
    this.attributes ??= new Map();
    if (this.attributes.has(attribute.name)) {
      const { name: node, opType } = this;
      const message = `attribute "${attribute.name}" occurs twice in one ${opType || "node"}`;
      throw new ModelError("malformed", message, { node, opType, field: attribute.name });
    }
    this.attributes.set(attribute.name, attribute.build());
  }
}

const NO_NAMES: readonly string[] = [];

/** Names as they arrive. A list that grows has room for seventeen; what is taken has room for what is in it. */
class NameList {
  private readonly names: string[] = [];
  private count = 0;

  add(name: string): void {
    if (this.count < this.names.length) this.names[this.count] = name;
    else this.names.push(name);
    this.count += 1;
  }

  /** The names so far; the next ones begin a new list. */
  take(): readonly string[] {
    const taken = this.count === 0 ? NO_NAMES : this.names.slice(0, this.count);
    this.count = 0;
    return taken;
  }
}

/** "ai.onnx" is the long name of the default domain "". */
export function normalizeDomain(domain: string): string {
  return domain === "ai.onnx" ? "" : domain;
}
