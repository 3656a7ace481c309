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

  constructor(private readonly context: ReadContext) {
    super();
  }

  override text(_field: number, value: string): void {
    this.name = value;
  }

  override message(field: number): MessageHandler {
    const { context } = this;
    switch (field) {
      case GRAPH.node:
        return new NodeBuilder(context, this.nodes);
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

/** Collects a NodeProto and appends it to `done`. */
export class NodeBuilder extends MessageHandler implements AttributeOwner {
  override readonly schema = NODE_SCHEMA;
  private name = "";
  private domain = "";
  private opType = "";
  private readonly inputs: string[] = [];
  private readonly outputs: string[] = [];
  private attributes: Map<string, OnnxAttribute> | null = null;

  constructor(
    private readonly context: ReadContext,
    private readonly done: OnnxNode[],
  ) {
    super();
    context.budget.countNode();
  }

  override text(field: number, value: string): void {
    switch (field) {
      case NODE.input:
        this.context.budget.countListItem();
        this.inputs.push(value);
        break;
      case NODE.output:
        this.context.budget.countListItem();
        this.outputs.push(value);
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
    return new AttributeBuilder(this.context.budget, this.context.newGraph, this);
  }

  override close(): void {
    const { name, domain, opType, inputs, outputs } = this;
    if (opType === "") {
      throw new ModelError("malformed", `node ${this.done.length} ("${name}") names no operator`, { node: name, field: "op_type" });
    }
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

/** "ai.onnx" is the long name of the default domain "". */
export function normalizeDomain(domain: string): string {
  return domain === "ai.onnx" ? "" : domain;
}
