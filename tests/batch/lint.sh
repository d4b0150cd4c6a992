#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The scripts here, and the job scripts that `marrow submit` writes, under shellcheck: it has nothing to say.
#
#   lint.sh MARROW SHELLCHECK
set -euo pipefail
marrow=$1 shellcheck=$2
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
touch "$work/site"

job() { # NAME options…
  local name=$1
  shift
  "$marrow" submit scenarios/saa_untreated.yaml --print --time 12h -o "$work/a run" "$@" >"$work/$name.sh"
}
for scheduler in slurm pbs; do
  job "${scheduler}_plain" --scheduler "$scheduler"
  job "${scheduler}_all" --scheduler "$scheduler" --seeds 1-3 --setup "$work/site" --module gcc --module openmpi/4.1 \
    --launcher mpirun --run-option=--watchdog='2 h' --directive='-A me'
done
job slurm_srun --scheduler slurm --launcher srun
checked=("$work"/*.sh tests/batch/*.sh)
"$shellcheck" --shell=bash --external-sources "${checked[@]}"
echo "shellcheck has nothing to say of ${#checked[@]} scripts"
