import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";

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
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(`${path}.part`, serialize(model));
    renameSync(`${path}.part`, path);
    return model;
  }
}
