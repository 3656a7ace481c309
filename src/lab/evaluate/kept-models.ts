import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { writeWhole } from "../whole-file.js";

/** Trained models of plain data in files, by all that they were trained from. */
export class KeptModels<Model> {
  /** @param reuse whether models that are there are taken; otherwise each is trained, and kept for later */
  constructor(
    private readonly folder: string,
    private readonly reuse: boolean,
  ) {}

  /** @param key what the model is trained from, but for the code */
  async model(key: unknown, train: () => Promise<Model>): Promise<Model> {
    const path = join(this.folder, createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 16));
    if (this.reuse && existsSync(path)) return deserialize(readFileSync(path)) as Model;
    const model = await train();
    writeWhole(path, serialize(model));
    return model;
  }
}
