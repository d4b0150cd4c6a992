#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# format.sh TREE CLANG_FORMAT: every source file is as clang-format leaves it.
set -euo pipefail
cd -- "$1"

mapfile -d '' -t files < <(for folder in core parallel io tools tests; do
  [[ ! -d $folder ]] || find "$folder" -type f \( -name '*.hpp' -o -name '*.cpp' -o -name '*.h' \) -print0
done | sort -z)
((${#files[@]})) || { echo "no source files in $PWD" && exit 1; }
"$2" --dry-run -Werror --style=file "${files[@]}"
