import { ModelError } from "../wire/errors.js";
import { MessageHandler } from "../wire/schema.js";
import { decodeUtf8 } from "../wire/text.js";
import type { Budget } from "./budget.js";
import { saturate } from "./numbers.js";
import { PassedMessage } from "./passed-message.js";
import { ATTRIBUTE, ATTRIBUTE_SCHEMA } from "./schema.js";
import { SparseTensorBuilder, TensorBuilder } from "./tensor-builder.js";
import type { OnnxAttribute, OnnxGraph } from "./types.js";

/** A message under construction that holds a graph; attributes and graphs contain each other. */
export interface GraphHandler extends MessageHandler {
  build(): OnnxGraph;
}

/** What carries attributes: a node, or a function with its defaults. */
export interface AttributeOwner {
  /** Takes an attribute whose message has ended. */
  addAttribute(attribute: AttributeBuilder): void;
}

/** AttributeProto.AttributeType, as far as the kinds are told apart. */
const TYPE_KINDS: readonly OnnxAttribute["kind"][] = [
  "other", // UNDEFINED: inferred from the fields
  "float",
  "int",
  "string",
  "tensor",
  "graph",
  "floats",
  "ints",
  "strings",
];
const SPARSE_TENSOR_TYPE = 11;

/** Collects one AttributeProto after the other and hands itself to its owner when each message ends. */
export class AttributeBuilder extends MessageHandler {
  override readonly schema = ATTRIBUTE_SCHEMA;
  name = "";
  private type = 0;
  private reference = "";
  private f: number | null = null;
  private i: number | null = null;
  /** undefined: bytes that are no text (an engine's blob), or too long to be kept. */
  private s: string | null | undefined = null;
  private t: TensorBuilder | null = null;
  private g: GraphHandler | null = null;
  private sparse: SparseTensorBuilder | null = null;
  private floats: number[] | null = null;
  private ints: number[] | null = null;
  private strings: string[] | null = null;
  /** True when an element of `strings` was no text or too long. */
  private stringsLeft = false;

  constructor(
    private readonly budget: Budget,
    private readonly newGraph: () => GraphHandler,
    private readonly owner: AttributeOwner,
  ) {
    super();
  }

  /** Starts the next attribute. */
  begin(): this {
    this.name = "";
    this.type = 0;
    this.reference = "";
    this.f = null;
    this.i = null;
    this.s = null;
    this.t = null;
    this.g = null;
    this.sparse = null;
    this.floats = null;
    this.ints = null;
    this.strings = null;
    this.stringsLeft = false;
    return this;
  }

  override text(field: number, value: string): void {
    if (field === ATTRIBUTE.name) this.name = value;
    else this.reference = value;
  }

  override int(field: number, value: number): void {
    if (field === ATTRIBUTE.i) this.i = saturate(value);
    else if (field === ATTRIBUTE.type) this.type = value;
    else {
      this.budget.countListItem();
      (this.ints ??= []).push(saturate(value));
    }
  }

  override float(field: number, value: number): void {
    if (field === ATTRIBUTE.f) this.f = value;
    else {
      this.budget.countListItem();
      (this.floats ??= []).push(value);
    }
  }

  override keeps(field: number, byteLength: number): boolean {
    if (field !== ATTRIBUTE.s && field !== ATTRIBUTE.strings) return true;
    if (this.budget.keepText(byteLength)) return true;
    this.addString(field, undefined);
    return false;
  }

  override bytes(field: number, value: Uint8Array): void {
    this.addString(field, decodeUtf8(value) ?? undefined);
  }

  override message(field: number): MessageHandler {
    switch (field) {
      case ATTRIBUTE.t:
        return (this.t ??= new TensorBuilder(this.budget));
      case ATTRIBUTE.g:
        return (this.g ??= this.newGraph());
      case ATTRIBUTE.sparseTensor:
        return (this.sparse ??= new SparseTensorBuilder(this.budget));
      case ATTRIBUTE.tensors:
        return new PassedMessage("tensor");
      case ATTRIBUTE.graphs:
        return new PassedMessage("graph");
      default:
        return new PassedMessage("sparseTensor");
    }
  }

  override close(): void {
    this.owner.addAttribute(this);
  }

  /** The attribute, by its declared type, its lists copied into as little as they need; files older than IR version 2 declare none, there the field decides. */
  build(): OnnxAttribute {
    if (this.reference !== "") return { kind: "other", reference: this.reference };
    switch (this.kind()) {
      case "float":
        return { kind: "float", value: this.f ?? 0 };
      case "int":
        return { kind: "int", value: this.i ?? 0 };
      case "string":
        return this.s === undefined ? { kind: "other" } : { kind: "string", value: this.s ?? "" };
      case "tensor":
        return { kind: "tensor", value: this.present(this.sparse ?? this.t, "tensor").build() };
      case "graph":
        return { kind: "graph", value: this.present(this.g, "graph").build() };
      case "floats":
        return { kind: "floats", value: this.floats?.slice() ?? [] };
      case "ints":
        return { kind: "ints", value: this.ints?.slice() ?? [] };
      case "strings":
        return this.stringsLeft ? { kind: "other" } : { kind: "strings", value: this.strings?.slice() ?? [] };
      default:
        return { kind: "other" };
    }
  }

  private kind(): OnnxAttribute["kind"] {
    if (this.type === SPARSE_TENSOR_TYPE) return "tensor";
    if (this.type !== 0) return TYPE_KINDS[this.type] ?? "other";
    if (this.f !== null) return "float";
    if (this.i !== null) return "int";
    if (this.s !== null) return "string";
    if (this.t !== null || this.sparse !== null) return "tensor";
    if (this.g !== null) return "graph";
    if (this.floats !== null) return "floats";
    if (this.ints !== null) return "ints";
    return this.strings === null && !this.stringsLeft ? "other" : "strings";
  }

  private present<T>(part: T | null, kind: string): T {
    if (part !== null) return part;
    throw new ModelError("malformed", `attribute "${this.name}" is declared a ${kind} but holds none`, { field: this.name });
  }

  private addString(field: number, value: string | undefined): void {
    if (field === ATTRIBUTE.s) {
      this.s = value;
      return;
    }
    this.budget.countListItem();
    if (value === undefined) this.stringsLeft = true;
    else (this.strings ??= []).push(value);
  }
}
