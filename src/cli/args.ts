import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "./context.js";

type Options = NonNullable<ParseArgsConfig["options"]>;

type Parsed<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>
>;

/** node:util's parseArgs, strict; its complaints become UsageErrors. */
export function readArgs<T extends Options>(
  args: readonly string[],
  options: T,
  positionals: readonly string[],
): Parsed<T> {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    if (parsed.positionals.length === positionals.length) return parsed;
    const given = parsed.positionals.length;
    const expected = positionals.length === 0 ? "no arguments" : positionals.join(" ");
    throw new UsageError(`Expected ${expected}, got ${given === 0 ? "nothing" : parsed.positionals.join(" ")}.`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
