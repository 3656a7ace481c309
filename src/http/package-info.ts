import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Folder of package.json; the same from src/ and from dist/. */
export const PACKAGE_ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Version in package.json. */
export function packageVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const version = typeof parsed === "object" && parsed !== null && "version" in parsed ? parsed.version : undefined;
  return typeof version === "string" ? version : "0.0.0";
}
