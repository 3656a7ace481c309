import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_ROOT } from "../engines/python.js";
import { CARDS_FOLDER, modelCards } from "./write-cards.js";

/** `npm run model-cards`: writes a card for every shipped predictor; cards of others go. */
const folder = join(PROJECT_ROOT, CARDS_FOLDER);
const cards = await modelCards(join(PROJECT_ROOT, "weights"));
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) if (!cards.has(file)) rmSync(join(folder, file));
for (const [file, text] of cards) writeFileSync(join(folder, file), text);
process.stdout.write(`${cards.size} files in ${CARDS_FOLDER}\n`);
