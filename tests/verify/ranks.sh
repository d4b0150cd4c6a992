#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# ranks.sh VERIFY MPIRUN SUBJECT...: the same table, byte for byte, on 1 and on 4 ranks.
set -euo pipefail
verify=$1 mpirun=$2
shift 2
only=()
for subject; do only+=(--only "$subject"); done
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

for ranks in 1 4; do
  "$mpirun" --oversubscribe -n "$ranks" "$verify" "${only[@]}" -o "$work/$ranks" >"$work/$ranks.log" 2>&1 ||
    { cat -- "$work/$ranks.log" && exit 1; }
done
diff -r -- "$work/1" "$work/4"
