#!/usr/bin/env bash
# Runs the unit tests and a served prediction on every supported Node, with the binaries that npm's package `node` carries.
set -euo pipefail
cd "$(dirname "$0")/.."

for version in 20 22 24; do
  folder=".cache/node-$version"
  [ -x "$folder/node_modules/node/bin/node" ] || npm install --silent --no-save --prefix "$folder" "node@$version" >/dev/null
  PATH="$PWD/$folder/node_modules/node/bin:$PATH"
  export PATH
  echo "== $(node --version)"
  node node_modules/vitest/vitest.mjs run
  node dist/cli/main.js predict examples/mobilenetv2.onnx --utilization 0.3
done
