#!/usr/bin/env node
import { join } from "node:path";
import { PACKAGE_ROOT } from "../http/package-info.js";
import type { CliContext } from "./context.js";
import { run } from "./run.js";

// A reader that has seen enough (`tempograph inspect ... | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const context: CliContext = {
  input: process.stdin,
  print: (text) => void process.stdout.write(`${text}\n`),
  remark: (text) => void process.stderr.write(`${text}\n`),
  environment: process.env,
  // Loaded only by the commands that predict: `inspect` starts without the tensor library.
  loadRegistry: async () => {
    const { loadTargets } = await import("../predict/index.js");
    return loadTargets(process.env.TEMPOGRAPH_WEIGHTS ?? join(PACKAGE_ROOT, "weights"));
  },
  stopped: () =>
    new Promise((resolve) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
    }),
};

process.exitCode = await run(process.argv.slice(2), context);
