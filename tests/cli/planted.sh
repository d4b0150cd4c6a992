#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# planted.sh [CLANG_FORMAT]: each check of the tree finds the mistake planted in a small tree, and only there.
set -euo pipefail
checks=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
spdx='// SPDX-License-Identifier: BSD-3-Clause'
failures=0

# A tree without mistakes, with every include that is allowed.
good_tree() {
  rm -rf -- "$work/tree"
  mkdir -p "$work"/tree/{.ci,core/a,parallel,io/checkpoint,io/vtk,io/scenario,tools/marrow,scenarios,tests,build,runs}
  cd "$work/tree"
  touch .clang-format .clang-tidy .gitignore CHANGELOG.md CMakeLists.txt CMakePresets.json LICENSE README.md
  plant core/a/one.hpp '#pragma once' '#include <vector>' '// never std::shuffle, never rand()'
  plant core/a/two.hpp '#include "core/a/one.hpp"' '/* std::mt19937 is' '   banned */ int x;'
  plant parallel/one.hpp '#include <mpi.h>' '#include "core/a/two.hpp"'
  plant io/checkpoint/one.cpp '#include <hdf5.h>' '#include <mpi.h>' '#include "parallel/one.hpp"'
  plant io/vtk/one.cpp '#include <vtkImageData.h>'
  plant io/scenario/one.cpp '#include <yaml-cpp/yaml.h>'
  plant tools/marrow/main.cpp '#include "io/checkpoint/one.hpp"' '#include <chrono>'
}

plant() {
  local file=$1
  shift
  printf '%s\n' "$spdx" "$@" >"$file"
}

# expect_failure CHECK TEXT [ARGUMENT]: the check fails and says TEXT.
expect_failure() {
  local check=$1 text=$2 output
  shift 2
  if output=$("$checks/$check" "$work/tree" "$@" 2>&1); then
    echo "FAILED: $check accepted a tree in which it should have said: $text"
  elif [[ $output != *"$text"* ]]; then
    echo "FAILED: $check should have said '$text' but said: $output"
  else
    good_tree && return 0
  fi
  failures=$((failures + 1))
  good_tree
}

expect_success() {
  local output
  output=$("$checks/$1" "$work/tree" "${@:2}" 2>&1) && return 0
  echo "FAILED: $1 refused a good tree: $output"
  failures=$((failures + 1))
}

test_layers() {
  expect_success layers.sh
  plant core/a/one.hpp '#include "parallel/one.hpp"'
  expect_failure layers.sh 'core/a/one.hpp:2: core/ may not include parallel/one.hpp'
  plant parallel/one.hpp '#  include "io/vtk/one.hpp"'
  expect_failure layers.sh 'parallel/ may not include io/vtk/one.hpp'
  plant io/vtk/one.cpp '#include "tools/marrow/main.hpp"'
  expect_failure layers.sh 'io/ may not include tools/marrow/main.hpp'
  plant core/a/one.hpp '#include <mpi.h>'
  expect_failure layers.sh '<mpi.h> belongs in'
  plant tools/marrow/main.cpp '#include <mpi.h>'
  expect_failure layers.sh '<mpi.h> belongs in'
  plant io/vtk/one.cpp '#include <hdf5.h>'
  expect_failure layers.sh '<hdf5.h> belongs in io/checkpoint/'
  plant io/checkpoint/one.cpp '#include <vtkImageData.h>'
  expect_failure layers.sh '<vtkImageData.h> belongs in io/vtk/'
  plant parallel/one.hpp '#include <yaml-cpp/yaml.h>'
  expect_failure layers.sh '<yaml-cpp/yaml.h> belongs in io/scenario/'
  plant io/vtk/one.cpp '#include <cairo.h>'
  expect_failure layers.sh '<cairo.h> belongs in io/biopsy/'
  plant core/a/two.hpp '#include "one.hpp"'
  expect_failure layers.sh 'name project headers from the top'
  plant core/a/three.hpp '#include "core/a/four.hpp"'
  plant core/a/four.hpp '#include "core/a/five.hpp"'
  plant core/a/five.hpp '#include "core/a/three.hpp"'
  expect_failure layers.sh 'include cycle: '
  rm -r core parallel io tools
  expect_failure layers.sh 'no source files'
}

test_words() {
  local line lines
  expect_success words.sh
  for line in 'std::uniform_int_distribution<int> d;' 'std::shuffle(a, b, c);' 'std::mt19937 g;' 'int x = rand();' \
    'std::unordered_map<int, int> m;'; do
    plant parallel/one.hpp "$line"
    expect_failure words.sh 'parallel/one.hpp:2:'
    plant core/a/one.hpp 'int before;' "int y; /* harmless */ $line"
    expect_failure words.sh 'core/a/one.hpp:3:'
  done
  plant core/a/one.hpp '#include <fstream>'
  expect_failure words.sh 'core neither reads files'
  plant core/a/one.hpp 'auto t = std::chrono::steady_clock::now();'
  expect_failure words.sh 'core has no clock'
  plant core/a/one.hpp 'auto t = std::getenv("HOME");'
  expect_failure words.sh 'core has no environment'
  plant tools/marrow/main.cpp 'int x;  // TO''DO later'
  expect_failure words.sh 'unfinished work'
  printf 'int x;\n' >io/vtk/one.cpp
  expect_failure words.sh 'the first line is the SPDX line'
  mapfile -t lines < <(seq -f 'int x%.0f;' 400)
  plant io/vtk/one.cpp "${lines[@]}"
  expect_failure words.sh 'at most 400 lines'
}

test_tree() {
  expect_success tree.sh
  mkdir docs
  expect_failure tree.sh 'docs: does not belong'
  touch notes.txt
  expect_failure tree.sh 'notes.txt: does not belong'
  rm LICENSE
  expect_failure tree.sh 'LICENSE: is missing'
}

test_format() {
  printf '%s\n' 'BasedOnStyle: Google' 'ColumnLimit: 100' >.clang-format
  find . -name '*.?pp' -exec "$1" -i {} +
  expect_success format.sh "$1"
  printf '%s\n' 'BasedOnStyle: Google' >.clang-format
  plant core/a/one.hpp 'int   x ;'
  expect_failure format.sh 'core/a/one.hpp:2:' "$1"
}

good_tree
test_layers
test_words
test_tree
[[ -z ${1-} ]] || test_format "$1"
((failures == 0))
