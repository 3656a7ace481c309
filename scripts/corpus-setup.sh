#!/usr/bin/env bash
# Creates the Python environments for the corpus of real exports: .venv-export with what scripts/export-setup.sh installs
# and the other libraries and tools (python/requirements-corpus.txt), and .venv-keras for TensorFlow's.
#
# Usage: scripts/corpus-setup.sh        (about 1.5 GB to download, 5 GB on disk)
#   PADDLE=1            Paddle's too, in .venv-paddle (1 GB more)
#   PYTHON=python3.11   the interpreter to use, 3.11 to 3.13
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

if [[ ! -x "$root/.venv-export/bin/python" ]]; then
  bash "$root/scripts/export-setup.sh"
fi
"$root/.venv-export/bin/python" -m pip install --quiet --no-deps --requirement "$root/python/requirements-corpus.txt"
"${PYTHON:-python3}" -m venv "$root/.venv-keras"
"$root/.venv-keras/bin/python" -m pip install --quiet --requirement "$root/python/requirements-keras.txt"
if [[ "${PADDLE:-0}" == "1" ]]; then
  "${PYTHON:-python3}" -m venv "$root/.venv-paddle"
  "$root/.venv-paddle/bin/python" -m pip install --quiet --requirement "$root/python/requirements-paddle.txt"
fi
