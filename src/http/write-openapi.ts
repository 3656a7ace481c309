import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { describeApi } from "./openapi.js";
import { PACKAGE_ROOT, packageVersion } from "./package-info.js";

/** Writes openapi.yaml at the top of the package. */
writeFileSync(join(PACKAGE_ROOT, "openapi.yaml"), stringify(await describeApi(packageVersion()), { aliasDuplicateObjects: false }));
