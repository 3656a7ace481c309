import { ModelError } from "../wire/errors.js";
import { MessageHandler } from "../wire/schema.js";
import { AttributeBuilder, type AttributeOwner } from "./attribute-builder.js";
import { GraphBuilder, NodeBuilder, normalizeDomain, type ReadContext } from "./graph-builder.js";
import { PassedMessage } from "./passed-message.js";
import { FUNCTION, FUNCTION_SCHEMA, MODEL, MODEL_SCHEMA, OPSET, OPSET_SCHEMA } from "./schema.js";
import type { OnnxAttribute, OnnxFunction, OnnxModel, OnnxNode } from "./types.js";

/** From this IR version on a model has to say which operator sets it uses. */
const FIRST_IR_WITH_OPSETS = 3;

/** Collects a ModelProto: the root of the file. */
export class ModelBuilder extends MessageHandler {
  override readonly schema = MODEL_SCHEMA;
  private irVersion = 0;
  private producerName = "";
  private producerVersion = "";
  private readonly opsets = new Map<string, number>();
  private graph: GraphBuilder | null = null;
  private readonly functions: OnnxFunction[] = [];
  private touched = false;

  constructor(private readonly context: ReadContext) {
    super();
  }

  override int(_field: number, value: number): void {
    this.touched = true;
    this.irVersion = value;
  }

  override text(field: number, value: string): void {
    this.touched = true;
    if (field === MODEL.producerName) this.producerName = value;
    else this.producerVersion = value;
  }

  override message(field: number): MessageHandler {
    this.touched = true;
    switch (field) {
      case MODEL.graph:
        return (this.graph ??= new GraphBuilder(this.context));
      case MODEL.opsetImport:
        return new OpsetBuilder(this.opsets);
      default:
        return new FunctionBuilder(this.context, this.functions);
    }
  }

  /**
   * @param fileBytes size of the whole file
   * @throws ModelError "not-onnx" when no field of a model occurred, "malformed" when the graph or the opsets are missing
   */
  build(fileBytes: number): OnnxModel {
    if (!this.touched) throw new ModelError("not-onnx", "the file holds no field of an ONNX model");
    if (this.graph === null) throw new ModelError("malformed", "the ONNX model has no graph", { field: "graph" });
    if (this.irVersion >= FIRST_IR_WITH_OPSETS && this.opsets.size === 0) {
      throw new ModelError("malformed", "the ONNX model imports no operator set", { field: "opset_import" });
    }
    const { irVersion, producerName, producerVersion, opsets, functions } = this;
    return { irVersion, producerName, producerVersion, opsets, graph: this.graph.build(), functions, fileBytes };
  }
}

class OpsetBuilder extends MessageHandler {
  override readonly schema = OPSET_SCHEMA;
  private domain = "";
  private version = 0;

  constructor(private readonly opsets: Map<string, number>) {
    super();
  }

  override text(_field: number, value: string): void {
    this.domain = normalizeDomain(value);
  }

  override int(field: number, value: number): void {
    if (field === OPSET.version) this.version = value;
  }

  override close(): void {
    if (this.version < 0 || !Number.isSafeInteger(this.version)) {
      const domain = this.domain === "" ? "ai.onnx" : this.domain;
      throw new ModelError("malformed", `operator set ${domain} has the version ${this.version}`, { field: domain });
    }
    this.opsets.set(this.domain, this.version);
  }
}

class FunctionBuilder extends MessageHandler implements AttributeOwner {
  override readonly schema = FUNCTION_SCHEMA;
  private name = "";
  private domain = "";
  private readonly inputs: string[] = [];
  private readonly outputs: string[] = [];
  private readonly attributeNames: string[] = [];
  private readonly attributeDefaults = new Map<string, OnnxAttribute>();
  private readonly nodes: OnnxNode[] = [];
  private readonly opsets = new Map<string, number>();
  private readonly node: NodeBuilder;
  private readonly attribute: AttributeBuilder;

  constructor(
    private readonly context: ReadContext,
    private readonly done: OnnxFunction[],
  ) {
    super();
    this.node = new NodeBuilder(context, this.nodes);
    this.attribute = new AttributeBuilder(context.budget, context.newGraph, this);
  }

  override text(field: number, value: string): void {
    if (field === FUNCTION.name) this.name = value;
    else if (field === FUNCTION.domain) this.domain = normalizeDomain(value);
    else {
      this.context.budget.countListItem();
      this.list(field).push(value);
    }
  }

  override message(field: number): MessageHandler {
    switch (field) {
      case FUNCTION.node:
        return this.node.begin();
      case FUNCTION.opsetImport:
        return new OpsetBuilder(this.opsets);
      case FUNCTION.valueInfo:
        return new PassedMessage("valueInfo");
      default:
        return this.attribute.begin();
    }
  }

  addAttribute(attribute: AttributeBuilder): void {
    this.attributeDefaults.set(attribute.name, attribute.build());
  }

  override close(): void {
    const { domain, name, inputs, outputs, attributeNames, attributeDefaults, nodes, opsets } = this;
    this.done.push({ domain, name, inputs, outputs, attributeNames, attributeDefaults, nodes, opsets });
  }

  private list(field: number): string[] {
    if (field === FUNCTION.input) return this.inputs;
    return field === FUNCTION.output ? this.outputs : this.attributeNames;
  }
}
