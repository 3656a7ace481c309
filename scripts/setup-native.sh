#!/usr/bin/env bash
# Builds the native TensorFlow binding for training, into .native/ (about 1 GB, a few minutes).
# The service does not need it: WebAssembly is the default backend everywhere. Training is about an order of
# magnitude faster with TEMPOGRAPH_BACKEND=tensorflow once this script has run.
#
# Everything comes from the two package registries: the JavaScript from npm (without its install script, which
# downloads from elsewhere) and TensorFlow's C library and headers from the PyPI wheel tensorflow-cpu.
#
# Needs: Linux x86_64, node with its headers (include/node beside bin/node), g++, make, python3 with pip, unzip.
# Run it again at any time: steps that are done are skipped; `rm -rf .native` starts over.
set -euo pipefail

TFJS_VERSION=4.22.0
TENSORFLOW_VERSION=2.12.0

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
native="$root/.native"
package="$native/node_modules/@tensorflow/tfjs-node"
wheels="$native/wheel"

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'setup-native: %s\n' "$*" >&2; exit 1; }

[ "$(uname -s)-$(uname -m)" = "Linux-x86_64" ] || fail "only Linux on x86_64 has the wheel that this script takes apart"
for tool in node npm python3 g++ make unzip; do
  command -v "$tool" >/dev/null || fail "$tool is not installed"
done

# node-gyp would download the headers; use those that came with node.
nodedir="${TEMPOGRAPH_NODEDIR:-$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")}"
[ -f "$nodedir/include/node/node_api.h" ] ||
  fail "node's headers are not in $nodedir/include/node; set TEMPOGRAPH_NODEDIR to a folder that holds include/node"
headers_version="$(awk '/#define NODE_MAJOR_VERSION/ {print $3}' "$nodedir/include/node/node_version.h")"
[ "$headers_version" = "$(node -p 'process.versions.node.split(".")[0]')" ] ||
  fail "the headers in $nodedir are of Node $headers_version, node is $(node --version)"

mkdir -p "$native"
if [ ! -f "$package/binding.gyp" ]; then
  say "installing @tensorflow/tfjs-node $TFJS_VERSION without its install script"
  [ -f "$native/package.json" ] || printf '{ "private": true }\n' >"$native/package.json"
  npm install --prefix "$native" --ignore-scripts --no-audit --no-fund "@tensorflow/tfjs-node@$TFJS_VERSION"
fi

if [ ! -e "$package/deps/lib/libtensorflow.so" ]; then
  say "taking libraries and headers out of tensorflow-cpu $TENSORFLOW_VERSION"
  python3 -m pip download --no-deps --only-binary=:all: --implementation cp --python-version 3.11 \
    --platform manylinux2014_x86_64 --dest "$wheels" "tensorflow-cpu==$TENSORFLOW_VERSION"
  rm -rf "$package/deps" "$wheels/unpacked"
  unzip -q -o "$wheels"/tensorflow_cpu-"$TENSORFLOW_VERSION"-*.whl -d "$wheels/unpacked" \
    'tensorflow/libtensorflow_cc.so.2' 'tensorflow/libtensorflow_framework.so.2' 'tensorflow/include/*'
  mkdir -p "$package/deps/lib"
  mv "$wheels/unpacked/tensorflow/include" "$package/deps/include"
  mv "$wheels/unpacked/tensorflow"/libtensorflow_*.so.2 "$package/deps/lib/"
  # The C API lives in libtensorflow_cc; the loader looks for it by that name, the linker by -ltensorflow.
  ln -sf libtensorflow_framework.so.2 "$package/deps/lib/libtensorflow_framework.so"
  ln -sf libtensorflow_cc.so.2 "$package/deps/lib/libtensorflow.so"
  rm -rf "$wheels"
fi

if ! compgen -G "$package/lib/napi-v*/tfjs_binding.node" >/dev/null; then
  say "building the binding against node $(node --version)"
  (cd "$package" && "$native/node_modules/.bin/node-pre-gyp" install --build-from-source --nodedir="$nodedir")
fi

say "checking the binding"
cd "$native"
node -e '
  const util = require("util");
  util.isNullOrUndefined ??= (value) => value === null || value === undefined; // gone in Node 23
  const tf = require("@tensorflow/tfjs-node");
  const x = tf.variable(tf.tensor2d([[1, 2], [3, 4]]));
  const product = Array.from(tf.matMul(x, x).dataSync());
  if (tf.getBackend() !== "tensorflow" || product.join() !== "7,10,15,22") {
    throw new Error(`wrong answer from ${tf.getBackend()}: ${product}`);
  }
  const gradient = Array.from(tf.grad((y) => y.square().sum())(x).dataSync());
  if (gradient.join() !== "2,4,6,8") throw new Error(`wrong gradient: ${gradient}`);
  console.log(`native TensorFlow ${tf.version["tfjs-node"]} computes and differentiates`);
'
printf 'done: set TEMPOGRAPH_BACKEND=tensorflow to use it\n'
