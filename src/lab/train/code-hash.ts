import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";

/** The relative specifiers of a module's imports and re-exports. */
const RELATIVE = /(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)"/g;

/**
 * SHA-256 of modules, whichever of src/ and dist/ they are in.
 *
 * @param imports whether everything of this project that they import counts as well
 */
export function codeHash(entries: readonly URL[], imports = true): string {
  const sources = new Map<string, string>();
  const read = (url: URL): void => {
    const file = existsSync(url) ? url : new URL(url.href.replace(/\.js$/, ".ts"));
    if (sources.has(file.href)) return;
    const source = readFileSync(file, "utf8");
    sources.set(file.href, source);
    if (imports) for (const [, specifier = ""] of source.matchAll(RELATIVE)) read(new URL(specifier, file));
  };
  entries.forEach(read);
  const hash = createHash("sha256");
  for (const source of [...sources.values()].sort()) hash.update(source).update("\0");
  return hash.digest("hex");
}
