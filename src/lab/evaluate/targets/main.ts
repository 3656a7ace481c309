import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../engines/python.js";
import { withTables } from "./page.js";
import { reachedTables } from "./reached.js";

/** `npm run accuracy-targets`: takes the tables of docs/accuracy-targets.md from the pages that it names. */
const docs = join(PROJECT_ROOT, "docs");
const path = join(docs, "accuracy-targets.md");
const tables = reachedTables((file) => readFileSync(join(docs, file), "utf8"));
writeFileSync(path, withTables(readFileSync(path, "utf8"), tables));
process.stdout.write(`${tables.size} tables in docs/accuracy-targets.md\n`);
