#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# valgrind.sh MARROW SOURCE: a run of one rank with T cells, cytokine fields, checkpoints and frames under valgrind.
# Fails when anything remains, an error or lost memory, whose stack holds a function of the program and which
# valgrind.supp does not lay at the door of a library.
set -euo pipefail
marrow=$1 source_tree=$2
here=$source_tree/tests/fuzz
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

# Nothing but one's own process: valgrind does not know all that the network layers ask of the kernel.
OMPI_MCA_btl=self OMPI_MCA_pml=ob1 valgrind --quiet --leak-check=full --num-callers=50 \
  --show-leak-kinds=definite,possible --errors-for-leak-kinds=definite,possible --gen-suppressions=no \
  --suppressions="$here/valgrind.supp" --log-file="$work/errors" \
  "$marrow" run "$source_tree/scenarios/saa_untreated.yaml" -o "$work/run" --set 'run.duration=5 d' \
  --set 'domain.size=[32,32,32]' --set 'niches.density=1000 /mm^3' --set 'tcells.trigger.at=1 d' \
  --set 'checkpoint.every=2 d' --set 'output.frames.every=2 d' --set 'signals.period=1 d' >"$work/said" 2>&1 </dev/null ||
  { tail -n 20 "$work/said" "$work/errors" >&2 && echo "FAILED: the run under valgrind" >&2 && exit 1; }

[[ -e $work/run/checkpoints/LATEST && -n $(find "$work/run/frames" -name '*.vti' -print -quit) ]] ||
  { echo "FAILED: the run left no checkpoint or no frame" >&2 && exit 1; }

# Blocks of the log end with a line without text; those that name the program's file are ours.
ours=$(awk -v program="(in $marrow)" '
  { sub(/^==[0-9]+== ?/, "") }
  /^$/ { if (index(block, program) || block ~ /marrow::/) printf "%s\n", block; block = ""; next }
  { block = block $0 "\n" }
  END { if (index(block, program) || block ~ /marrow::/) printf "%s\n", block }' "$work/errors")
[[ -z $ours ]] || { printf '%s\n' "$ours" | head -n 60 >&2 && echo "FAILED: valgrind found something in the program" >&2 && exit 1; }
echo "valgrind: nothing in the program's code"
