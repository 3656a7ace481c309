import { defineMessage, MessageHandler, type MessageSchema } from "../wire/schema.js";
import { STRIP_RULES, type StripMessage } from "./strip-rules.js";

/**
 * A message of which nothing is kept, but whose form is checked: what takes the weights out of a file walks through it,
 * and has to find there what the reader found.
 */
export class PassedMessage extends MessageHandler {
  override readonly schema: MessageSchema;

  constructor(private readonly kind: StripMessage) {
    super();
    this.schema = schemaOf(kind);
  }

  override message(field: number): MessageHandler {
    const rule = kindOf(this.kind, field);
    return rule === null ? super.message(field) : new PassedMessage(rule);
  }
}

const schemas = new Map<StripMessage, MessageSchema>();

/** The messages inside a message, and nothing else. */
function schemaOf(kind: StripMessage): MessageSchema {
  const known = schemas.get(kind);
  if (known !== undefined) return known;
  const fields = kind === "tensor" ? [] : [...STRIP_RULES[kind].keys()].filter((field) => kindOf(kind, field) !== null);
  const schema = defineMessage(kind, Object.fromEntries(fields.map((field) => [field, "message"])));
  schemas.set(kind, schema);
  return schema;
}

function kindOf(kind: StripMessage, field: number): StripMessage | null {
  const rule = kind === "tensor" ? undefined : STRIP_RULES[kind].get(field);
  return rule === undefined || rule === "copy" ? null : rule;
}
