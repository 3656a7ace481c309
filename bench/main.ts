import os from "node:os";
import { benchHttp } from "./http.js";
import { benchLibrary } from "./library.js";
import { benchScale } from "./scale.js";
import { benchTraining } from "./training.js";

const PARTS = { http: benchHttp, library: benchLibrary, scale: benchScale, training: benchTraining } as const;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
/** `npm run bench -- [http] [library] [scale] [training]`; all of them where none is named. */
const asked = new Set(process.argv.slice(2));

print(`${os.cpus()[0]?.model ?? "unknown CPU"}, ${os.cpus().length} cores, Node ${process.version}; medians (min .. max)`);
for (const [name, part] of Object.entries(PARTS)) if (asked.size === 0 || asked.has(name)) await part(print);
