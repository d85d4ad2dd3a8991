// Writes the manifest and the files beside it that are published from dist/.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
const { scripts, devDependencies, publishConfig, ...manifest } = JSON.parse(
  readFileSync(new URL("package.json", root), "utf8"),
);

writeFileSync(
  new URL("dist/package.json", root),
  `${JSON.stringify(
    {
      ...manifest,
      exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
      files: ["*.js", "*.d.ts", "!*.test.*"],
    },
    null,
    2,
  )}\n`,
);
copyFileSync(new URL("README.md", root), new URL("dist/README.md", root));
