import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createRandom } from "../../src/model/random.js";
import { syntheticTarget } from "../helper/synthetic-target.js";
import { examine } from "./examine.js";

/** Inputs that the fuzzer found and made small; each broke a rule once. */
const FOLDER = join(import.meta.dirname, "failures");
const target = syntheticTarget();

it.each(readdirSync(FOLDER))("breaks no rule any more: %s", (file) => {
  const bytes = Uint8Array.from(readFileSync(join(FOLDER, file)));
  for (let seed = 0; seed < 20; seed += 1) expect(examine(bytes, createRandom(seed), target).breach).toBeNull();
});
