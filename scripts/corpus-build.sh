#!/usr/bin/env bash
# Exports the corpus of real files, without their weights, to a folder: PyTorch's libraries and what ONNX Runtime makes of
# some of their files, scikit-learn, Keras. Takes about half an hour of one core, 4 GB of memory and 100 MB on disk.
# What is in the folder already is left alone, so a run that was stopped goes on; delete a NAME.json to try it again.
# Networks that an exporter could not write have its message in NAME.json; the last lines list them.
#
# Usage: scripts/corpus-build.sh FOLDER          (first: scripts/corpus-setup.sh)
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
out="${1:?which folder?}"
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" TOKENIZERS_PARALLELISM=false TF_CPP_MIN_LOG_LEVEL=3 TF_ENABLE_ONEDNN_OPTS=0

"$root/.venv-export/bin/python" "$root/python/sklearn_exports.py" --out "$out"
"$root/.venv-export/bin/python" "$root/python/real_exports.py" --out "$out"
"$root/.venv-keras/bin/python" "$root/python/keras_exports.py" --out "$out" 2> >(grep -v -E '^(WARNING|[IWE]0000|INFO)' >&2)
if [[ -x "$root/.venv-paddle/bin/python" ]]; then
  "$root/.venv-paddle/bin/python" "$root/python/paddle_exports.py" --out "$out"
fi

echo "files: $(find "$out" -maxdepth 1 -name '*.onnx' | wc -l); not exported:"
grep -H '"error"' "$out"/*.json | sed -e 's|.*/||' -e 's|.json: *"error"||' || true
