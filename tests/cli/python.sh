#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# python.sh MARROW PYTHON TREE: a small run whose frames are cropped, strided and in pieces, read by tools/python/marrow;
# then the pictures that the scripts make of it.
set -euo pipefail
marrow=$1 python=$2 tree=$3
directory=$(mktemp -d)
trap 'rm -rf -- "$directory"' EXIT
if ((EUID == 0)); then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; fi

cat >"$directory/small.yaml" <<'YAML'
scenario: {name: small, text: An attack in a small box with every kind of frame., seed: 3}
domain: {size: [72, 56, 64], spacing: 10 um, boundary: reflecting}
niches: {density: 400 /mm^3}
tcells: {motility: 20 um^2/min, trigger: {at: 1 h, influx: 400 /mm^3}}
tregs: {density: 100 /mm^3}
signals: {period: 6 h}
clones:
  founders:
    - {name: hla_lacking, genotype: [hla_lost], presentation: 0, share: 10 %, at: start}
run: {duration: 2 d}
output:
  series: {every: 6 h}
  frames: {every: 1 d}
checkpoint: {every: 1 d}
YAML
run() { "$marrow" run "$directory/small.yaml" -o "$directory/$1" "${@:2}" >"$directory/log" 2>&1 ||
  { cat -- "$directory/log" >&2 && exit 1; }; }
run whole
run parts --set output.frames.stride=2 --set output.frames.pieces=3 \
  --set 'output.frames.crop.from=[3, 4, 5]' --set 'output.frames.crop.to=[60, 50, 61]'
run counted --set tcells.motion=kernel --set signals=none
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$tree/tools/python:$tree/tools/paraview" \
  "$python" "$tree/tests/cli/python_test.py" "$directory"
