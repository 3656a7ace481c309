import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { describeApi } from "../../src/http/openapi.js";
import { PACKAGE_ROOT, packageVersion } from "../../src/http/package-info.js";

it("openapi.yaml is what the routes' schemas say; `npm run openapi` writes it anew", async () => {
  const written: unknown = parse(readFileSync(join(PACKAGE_ROOT, "openapi.yaml"), "utf8"));
  expect(written).toEqual(await describeApi(packageVersion()));
});
