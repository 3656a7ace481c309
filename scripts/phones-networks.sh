#!/usr/bin/env bash
# Rebuilds datasets/phones-networks: the networks that the phones' published latencies are of, without their weights.
# Takes a few minutes of one core. What is in the folder already is left alone.
#
# Usage: scripts/phones-networks.sh [FOLDER]          (first: scripts/export-setup.sh)
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"
exec "$root/.venv-export/bin/python" "$root/python/phone_networks.py" --out "${1:-$root/datasets/phones-networks}"
