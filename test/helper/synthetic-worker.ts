import { setTimeout as sleep } from "node:timers/promises";
import { DeviceUnreachable } from "../../src/lab/devices/device.js";
import { work } from "../../src/lab/farm/redis/work.js";
import { syntheticOutcome } from "./synthetic-cells.js";

/*
 * A farm's worker on a synthetic device, in a process of its own so that it can be killed:
 *   node synthetic-worker.js URL DEVICE_FILE HOST CELL_MS LOCK_MS [DIES_AFTER]
 * It prints the device's name when a cell begins and when it ends.
 */
const [url = "", devicePath = "", host = "", cellMs = "", lockMs = "", diesAfter = ""] = process.argv.slice(2);
let begun = 0;

const count = await work({
  url,
  devicePath,
  lockMs: Number(lockMs),
  stop: new AbortController().signal,
  remark: (text) => void process.stderr.write(`${text}\n`),
  open: ({ description: { name } }) =>
    Promise.resolve({
      name,
      host,
      missing: new Map(),
      restore: () => Promise.resolve(),
      measure: async (cell) => {
        process.stdout.write(`begin ${Date.now()}\n`);
        begun += 1;
        await sleep(Number(cellMs));
        if (diesAfter !== "" && begun > Number(diesAfter)) throw new DeviceUnreachable(`${name} is gone`);
        process.stdout.write(`end ${Date.now()}\n`);
        return syntheticOutcome(cell, name);
      },
      close: () => Promise.resolve(),
    }),
});
process.stdout.write(`done ${count}\n`);
