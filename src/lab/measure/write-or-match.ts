import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** Writes a JSON file, or checks that the one that is there says the same. Throws where it says something else. */
export function writeOrMatch(path: string, value: object, what: string): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (!existsSync(path)) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) throw new Error(`${path} holds another ${what}: use another folder`);
}
