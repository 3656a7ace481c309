import { ModelError } from "./errors.js";
import type { Limits } from "./limits.js";
import type { MessageHandler } from "./schema.js";

/** The messages that are open, from the root to the innermost, and the unknown groups inside the innermost. */
export class MessageStack {
  /** The innermost message. */
  handler: MessageHandler;
  /** Where it ends, from the start of the file; nobody knows where the root ends. */
  end = Infinity;
  private readonly outerHandlers: MessageHandler[] = [];
  private readonly outerEnds: number[] = [];
  private readonly groups: number[] = [];
  private opened = 0;

  constructor(
    root: MessageHandler,
    private readonly limits: Limits,
  ) {
    this.handler = root;
  }

  get isAtRoot(): boolean {
    return this.outerHandlers.length === 0;
  }

  get inGroup(): boolean {
    return this.groups.length > 0;
  }

  /** @throws ModelError("limit-exceeded"), as `openGroup` does */
  open(field: number, end: number): void {
    this.checkDepth();
    this.opened += 1;
    if (this.opened > this.limits.maxMessages) {
      throw new ModelError("limit-exceeded", `the file holds more than ${this.limits.maxMessages} messages`);
    }
    const inner = this.handler.message(field);
    this.outerHandlers.push(this.handler);
    this.outerEnds.push(this.end);
    this.handler = inner;
    this.end = end;
  }

  /** Closes the innermost message; the root stays. */
  close(): void {
    this.handler.close();
    this.handler = this.outerHandlers.pop() ?? this.handler;
    this.end = this.outerEnds.pop() ?? Infinity;
  }

  openGroup(field: number): void {
    this.checkDepth();
    this.groups.push(field);
  }

  /** False when it was not this group that was open last. */
  closeGroup(field: number): boolean {
    return this.groups.pop() === field;
  }

  private checkDepth(): void {
    if (this.outerHandlers.length + this.groups.length < this.limits.maxDepth) return;
    throw new ModelError("limit-exceeded", `messages are nested more than ${this.limits.maxDepth} deep`);
  }
}
