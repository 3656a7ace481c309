import os from "node:os";
import { benchHttp } from "./http.js";
import { benchLibrary } from "./library.js";

const print = (line: string): void => void process.stdout.write(`${line}\n`);

print(`${os.cpus()[0]?.model ?? "unknown CPU"}, ${os.cpus().length} cores, Node ${process.version}; medians (min .. max)`);
await benchHttp(print);
await benchLibrary(print);
