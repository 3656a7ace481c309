#!/usr/bin/env bash
# Creates .venv/ with the Python engines that the measuring path runs (python/requirements.txt, pinned versions).
# The service itself needs no Python. Run it again at any time.
#
# PYTHON chooses the interpreter (3.10 or newer; python3 by default).
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
python="${PYTHON:-python3}"

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || {
  echo "lab-setup: needs Python 3.10 or newer, $python is $("$python" --version 2>&1)" >&2
  exit 1
}
[ -x "$root/.venv/bin/python" ] || "$python" -m venv "$root/.venv"
"$root/.venv/bin/python" -m pip install --quiet --requirement "$root/python/requirements.txt"
"$root/.venv/bin/python" -c 'import onnxruntime; print("lab-setup: ONNX Runtime", onnxruntime.__version__, "is ready")'
