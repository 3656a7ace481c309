#!/usr/bin/env bash
# Creates .venv-export: PyTorch, torchvision, pytorchcv, timm and the ONNX exporters, for python/export_models.py.
#
# Usage: scripts/export-setup.sh [FOLDER]     (default .venv-export; about 1 GB to download, 2.5 GB on disk)
#   PYTHON=python3.11   the interpreter to use, 3.11 to 3.13
#
# On Linux on x86-64 the `torch` package is a CUDA build. Its GPU libraries are left out and replaced by empty
# stand-ins, so a C compiler and binutils are needed; elsewhere the package is a CPU build already.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
environment="${1:-$root/.venv-export}"

"${PYTHON:-python3}" -m venv "$environment"
"$environment/bin/python" -m pip install --quiet --no-deps --requirement "$root/python/requirements-export.txt"
if [[ "$(uname -s)-$(uname -m)" == "Linux-x86_64" ]]; then
  "$environment/bin/python" "$root/python/gpu_stand_ins.py"
fi
"$environment/bin/python" -c 'import torch, torchvision; print(f"PyTorch {torch.__version__}, torchvision {torchvision.__version__}")'
