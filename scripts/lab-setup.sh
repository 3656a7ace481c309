#!/usr/bin/env bash
# Creates the Python environments of the measuring path, one for each engine, from pinned versions
# (python/requirements*.txt). The service itself needs no Python. Run it again at any time.
#
# Usage: scripts/lab-setup.sh [--engine NAME]...     (all engines by default)
#
#   onnxruntime  .venv            Python 3.10 or newer; always made: it also makes up weights and runs load generators
#   tflite       .venv-tflite     Python 3.12
#   mnn          .venv-mnn        Python 3.10 or newer
#   ncnn         .venv-ncnn       Python 3.10 or newer
#   mindspore    .venv-mindspore  Python 3.7
#
# Interpreters are looked for on the path and among pyenv's; PYTHON, PYTHON_TFLITE, PYTHON_MNN, PYTHON_NCNN and
# PYTHON_MINDSPORE choose others.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
all=(onnxruntime tflite mnn ncnn mindspore)

usage() {
  sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
}

# The interpreters that a version such as 3.12 may be found under, best first.
candidates() {
  command -v "python$1" 2>/dev/null || true
  ls -d "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python 2>/dev/null || true
}

# The first interpreter that runs and has one of these versions.
find_python() {
  local version candidate
  for version in "$@"; do
    while read -r candidate; do
      if "$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$version')" 2>/dev/null; then
        echo "$candidate"
        return 0
      fi
    done < <(candidates "$version")
  done
  return 1
}

# Makes an environment and installs an engine's requirements into it; prints the reason and fails where it cannot.
set_up() {
  local engine="$1" environment="$root/.venv-$1" requirements="$root/python/requirements-$1.txt"
  local versions=(3.11 3.12 3.13 3.10) flags=() chosen python import
  case "$engine" in
    onnxruntime) environment="$root/.venv" requirements="$root/python/requirements.txt" import=onnxruntime chosen="${PYTHON:-}" ;;
    tflite) versions=(3.12) import=ai_edge_litert chosen="${PYTHON_TFLITE:-}" ;;
    mnn) import=MNN chosen="${PYTHON_MNN:-}" ;;
    ncnn) flags=(--no-deps) import=ncnn chosen="${PYTHON_NCNN:-}" ;;
    mindspore) versions=(3.7) import=mindspore_lite chosen="${PYTHON_MINDSPORE:-}" ;;
    *) echo "no engine $engine: ${all[*]}" && return 1 ;;
  esac
  if [ ! -x "$environment/bin/python" ]; then
    python="${chosen:-$(find_python "${versions[@]}")}" || {
      echo "needs Python ${versions[*]}, and none was found; install one, or set PYTHON_${engine^^}"
      return 1
    }
    "$python" -m venv "$environment" || return 1
  fi
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check ${flags[@]+"${flags[@]}"} --requirement "$requirements" || return 1
  "$environment/bin/python" -c "import $import" || return 1
}

engines=()
while [ $# -gt 0 ]; do
  case "$1" in
    --engine) [ $# -ge 2 ] || { usage >&2; exit 2; }; engines+=("$2"); shift 2 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
[ ${#engines[@]} -gt 0 ] || engines=("${all[@]}")
[[ " ${engines[*]} " == *" onnxruntime "* ]] || engines=(onnxruntime "${engines[@]}")

failed=()
for engine in "${engines[@]}"; do
  echo "lab-setup: $engine ..."
  # What fails is told in the end; the other engines are set up all the same.
  if (set_up "$engine") 2>&1 | sed 's/^/  /'; then
    echo "lab-setup: $engine is ready"
  else
    failed+=("$engine")
  fi
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "lab-setup: not ready: ${failed[*]} (the reasons are above)" >&2
  exit 1
fi
