import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOCAL_DEVICE } from "../../src/lab/devices/local.js";
import { engineProblem } from "../../src/lab/engines/index.js";
import { killAtRandom } from "./kills.js";
import { layOut } from "./trial.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
/** Of the command line as it is now; directly under the root, as dist/ is. */
const BUILT = join(ROOT, "dist-durability-test");
const KILLS = 2;
const MINUTES_MS = 600_000;

const lacking = await engineProblem(LOCAL_DEVICE, "onnxruntime");
const folder = mkdtempSync(join(tmpdir(), "tempograph-kill-"));

// The whole trial, with ten kills and over ssh too, is `npm run lab:kill-trial`.
describe.skipIf(lacking !== null)(`a measuring run that is killed (skipped without ONNX Runtime: ${lacking ?? "present"})`, () => {
  beforeAll(() => {
    const options = ["-p", "tsconfig.build.json", "--outDir", BUILT, "--noCheck", "--incremental", "false", "--declaration", "false"];
    execFileSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), ...options, "--tsBuildInfoFile", "null"], { cwd: ROOT });
  }, MINUTES_MS);
  afterAll(() => {
    rmSync(folder, { recursive: true });
    rmSync(BUILT, { recursive: true, force: true });
  });

  it("gives the rows of an undisturbed one, leaves nothing running and no setting changed", async () => {
    const trial = layOut(folder, { cli: join(BUILT, "cli/main.js"), root: ROOT, models: [{ zoo: "squeezenet-0" }], repeats: 1, sshConfig: null });
    const { cells, kills, faults } = await killAtRandom(trial, KILLS, 3, () => undefined);
    expect(faults).toEqual([]);
    expect(cells).toHaveLength(3);
    expect(kills).toHaveLength(KILLS);
  }, MINUTES_MS);
});
