import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../measure/machine.js";
import type { Plan } from "../measure/plan.js";

/** Folder beside a dataset's, of the same machine: what was recorded by this plan. */
export const besideFolder = (folder: string, plan: string): string => `${folder.replace(/\/+$/, "")}-${plan}`;

/** What a dataset's rows were measured on, and by which plan. */
export function readHead(folder: string): { readonly machine: Machine; readonly plan: Plan } {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));
  return { machine: read("machine.json") as Machine, plan: read("plan.json") as Plan };
}
