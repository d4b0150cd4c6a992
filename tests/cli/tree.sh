#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# tree.sh TREE: the top level holds exactly what it should. Looks at what git tracks or would track; without git, at all
# files but those that are built.
set -euo pipefail
cd -- "$1"

expected=(.ci .clang-format .clang-tidy .gitignore CHANGELOG.md CMakeLists.txt CMakePresets.json LICENSE README.md
  core io parallel scenarios tests tools)

top_level() {
  if [[ -e .git ]] && git ls-files --error-unmatch CMakeLists.txt >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard | sed 's|/.*||' | sort -u
  else
    find . -mindepth 1 -maxdepth 1 ! -name .git ! -name 'build*' ! -name runs | sed 's|^\./||' | sort
  fi
}

status=0
found=$'\n'$(top_level)$'\n'
while IFS= read -r name; do
  [[ " ${expected[*]} " == *" $name "* ]] || { echo "$name: does not belong in the top level" && status=1; }
done < <(top_level)
for name in "${expected[@]}"; do
  [[ $found == *$'\n'"$name"$'\n'* ]] || { echo "$name: is missing from the top level" && status=1; }
done
exit $status
