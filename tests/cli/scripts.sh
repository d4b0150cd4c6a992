#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# scripts.sh SUITE: tools/setup, tools/run and tools/test in a copy of the tree whose program is the stub beside this
# file. What apt-get, sudo and cmake would do is simulated by programs in front of PATH; nothing is ever installed.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
source_tree=$(cd -- "$here/../.." && pwd)
work=$(mktemp -d)
tree="$work/a tree with spaces"
fake=$work/bin
scenario="$tree/scenarios/two words.yaml"
failures=0
clean_up() {
  [[ -z ${child-} ]] || kill -KILL "$child" 2>/dev/null || true
  rm -rf -- "$work"
}
trap clean_up EXIT
unset MARROW_TERMINAL SLURM_JOB_ID SLURM_NTASKS DEBIAN_FRONTEND

new_tree() {
  rm -rf -- "$tree" "$fake"
  mkdir -p -- "$tree/scenarios" "$fake"
  cp -r -- "$here/stub/." "$tree"
  cp -r -- "$source_tree"/tools/{lib.sh,setup,run,test,dependencies} "$tree/tools"
  echo '# the stub does not read it' >"$scenario"
  echo 'exit 0' >"$tree/two_labels.sh"
}

# call EXPECTED_CODE COMMAND...: runs it, keeps stdout and stderr in `output`.
call() {
  local expected=$1 code=0
  shift
  output=$("$@" 2>&1 </dev/null) || code=$?
  ((code == expected)) && return 0
  echo "FAILED: '${*/#"$work"/…}' ended with $code, expected $expected. It said:"$'\n'"$output"
  failures=$((failures + 1))
}

says() { [[ $output == *"$1"* ]] || wrong "should have said '$1' but said: $output"; }
says_not() { [[ $output != *"$1"* ]] || wrong "should not have said '$1' but said: $output"; }
wrong() {
  echo "FAILED: line ${BASH_LINENO[1]}: $1"
  failures=$((failures + 1))
}

# A PATH with links to everything that PATH holds but for the programs named.
hide() {
  local name directory program
  rm -rf -- "$work/path"
  mkdir -- "$work/path"
  while IFS= read -r -d : directory; do
    for program in "$directory"/*; do
      [[ -e $work/path/${program##*/} ]] || ln -s -- "$program" "$work/path/${program##*/}" 2>/dev/null || true
    done
  done <<<"$PATH:"
  for name; do rm -f -- "$work/path/$name"; done
}

# fake_program NAME BODY: a bash script in front of PATH.
fake_program() {
  printf '#!/bin/bash\n%s\n' "$2" >"$fake/$1"
  chmod +x -- "$fake/$1"
}

# cmake that finds everything but the package $1, until the file `installed` appears.
fake_cmake_without() {
  local cmake
  cmake=$(command -v cmake)
  fake_program cmake "[[ \$1 == -S && ! -e '$work/installed' ]] && set -- \"\$@\" -DCMAKE_DISABLE_FIND_PACKAGE_$1=TRUE
    exec '$cmake' \"\$@\""
}

suite_setup() {
  new_tree
  # Everything is there: neither apt-get nor sudo is touched, not even to fetch the lists.
  fake_program apt-get "echo called >>'$work/calls'"
  fake_program sudo "echo called >>'$work/calls'"
  call 0 env PATH="$fake:$PATH" "$tree/tools/setup"
  says 'everything that is needed to run is there'
  [[ ! -e $work/calls ]] || wrong 'apt-get or sudo was called although nothing was missing'

  # One thing is missing and there is no apt-get: the package, what it provides, what to do on a cluster; exit code 4.
  hide apt-get sudo
  fake_cmake_without yaml-cpp
  rm "$fake/apt-get" "$fake/sudo"
  call 4 env PATH="$fake:$work/path" "$tree/tools/setup"
  says 'libyaml-cpp-dev'
  says 'yaml-cpp/yaml.h'
  says 'module load'
  says 'there is no apt-get'
  says_not 'libvtk9-dev '
  call 4 env PATH="$fake:$work/path" "$tree/tools/run" "$scenario"
  says 'libyaml-cpp-dev'

  # A record of an earlier, complete search does not hide that cmake has gone.
  rm "$fake/cmake"
  hide apt-get sudo cmake
  call 4 env PATH="$work/path" "$tree/tools/setup"
  says 'cmake, 3.25 or newer'
  says_not 'libyaml-cpp-dev '

  # $CXX names a compiler that is not there.
  hide apt-get sudo
  call 4 env PATH="$work/path" CXX=no-such-compiler "$tree/tools/setup"
  says 'a C++20 compiler'
  call 2 "$tree/tools/setup" --everything
}

suite_install() {
  new_tree
  # With apt-get: lists first, then exactly what is missing, without questions; then it goes on to run.
  fake_cmake_without yaml-cpp
  fake_program dpkg "echo dpkg \"\$@\" >>'$work/calls'"
  fake_program sudo "[[ \$1 != -n ]] || shift; exec \"\$@\""
  fake_program apt-get "echo \"apt-get \$DEBIAN_FRONTEND \$*\" >>'$work/calls'
    [[ \" \$* \" != *' install '* ]] || touch '$work/installed'"
  call 0 env PATH="$fake:$PATH" "$tree/tools/run" "$scenario"
  says '<run>'
  output=$(cat "$work/calls")
  says 'dpkg --configure -a'
  says ' update'
  says 'apt-get noninteractive -y'
  says '--no-install-recommends install libyaml-cpp-dev'
  [[ ${output%%' install '*} == *' update'* ]] || wrong 'the lists were not fetched before the installation'
  rm "$work/calls"
  call 0 env PATH="$fake:$PATH" "$tree/tools/run" "$scenario"
  [[ ! -e $work/calls ]] || wrong 'the second call installed again'

  # apt-get fails: its words, the list, exit code 4.
  rm -f "$work/installed" "$tree/build/.found-run"
  fake_program apt-get "echo 'E: no space left'; exit 100"
  call 4 env PATH="$fake:$PATH" "$tree/tools/setup"
  says 'E: no space left'
  says 'libyaml-cpp-dev'

  # Installed, yet not found afterwards.
  fake_program apt-get ''
  call 4 env PATH="$fake:$PATH" "$tree/tools/setup"
  says 'still missing'

  # Neither root nor sudo.
  ((EUID == 0)) || return 0
  hide sudo
  rm "$fake/sudo"
  chmod -R a+rwX -- "$work"
  call 4 setpriv --reuid 65534 --clear-groups env PATH="$fake:$work/path" "$tree/tools/setup"
  says 'installing needs root, and there is no sudo'
}

suite_run() {
  new_tree
  # Mistakes on the command line neither install nor build.
  call 2 "$tree/tools/run"
  call 3 "$tree/tools/run" "$tree/scenarios/none.yaml"
  says 'there is no such scenario file'
  call 2 "$tree/tools/run" "$scenario" --ranks many
  call 2 "$tree/tools/run" "$scenario" --ranks
  call 0 "$tree/tools/run" --help
  [[ ! -e $tree/build ]] || wrong 'a wrong command line created the build directory'

  # From another directory, with spaces everywhere; options go on untouched, and nothing is added.
  cd -- "$work"
  call 0 "$tree/tools/run" 'a tree with spaces/scenarios/two words.yaml' --resume --set 'a.b=1 um'
  says $'<run>\n<a tree with spaces/scenarios/two words.yaml>\n<--resume>\n<--set>\n<a.b=1 um>'
  call 0 "$tree/tools/run" -o 'my run' "$scenario" --ranks 3
  says 'ranks=3'
  says $'<-o>\n<my run>'
  says_not '--ranks'
  says_not 'configuring'
  ln -sf -- "$tree/tools/run" "$work/link"
  call 0 "$work/link" --output=x --set y=1 "$scenario"
  says $'<run>\n'"<$scenario>"$'\n<--output=x>\n<--set>\n<y=1>'

  # The program's exit code, without the launcher's noise.
  call 75 "$tree/tools/run" "$scenario" --ranks 2 --set exit=75
  says_not 'mpirun'
  says_not 'Primary job'
  call 6 "$tree/tools/run" "$scenario" --ranks 1 --set exit=6

  # Nothing changed: neither configured nor compiled again. A changed source: compiled again.
  local before
  before=$(stat -c %Y.%i "$tree/build/CMakeCache.txt" "$tree/build/marrow")
  call 0 "$tree/tools/run" "$scenario"
  [[ $before == "$(stat -c %Y.%i "$tree/build/CMakeCache.txt" "$tree/build/marrow")" ]] ||
    wrong 'a second call configured or compiled again'
  sed -i 's/ranks=%d/changed=%d/' "$tree/tools/marrow/main.cpp"
  call 0 "$tree/tools/run" "$scenario"
  says 'changed='
}

suite_interrupted() {
  new_tree
  # A configuration that was interrupted before the build files were written, and one that was interrupted after.
  call 0 "$tree/tools/run" "$scenario"
  rm "$tree/build/build.ninja" 2>/dev/null || rm "$tree/build/Makefile"
  call 0 "$tree/tools/run" "$scenario"
  touch "$tree/build/.configuring"
  call 0 "$tree/tools/run" "$scenario"
  : >"$tree/build/CMakeCache.txt"
  call 0 "$tree/tools/run" "$scenario"

  # A tree that was moved with its build directory.
  mv -- "$tree" "$work/elsewhere"
  call 0 "$work/elsewhere/tools/run" "$work/elsewhere/scenarios/two words.yaml"
  [[ $(sed -n 's/^CMAKE_HOME_DIRECTORY:[^=]*=//p' "$work/elsewhere/build/CMakeCache.txt") == "$work/elsewhere" ]] ||
    wrong 'the moved tree was not configured afresh'
  mv -- "$work/elsewhere" "$tree"

  # Two calls at once: the second waits for the first.
  (exec 9>>"$tree/build/.lock" && flock 9 && sleep 3 && touch "$work/released") &
  sleep 0.3
  call 0 "$tree/tools/setup"
  says 'waiting for it'
  [[ -e $work/released ]] || wrong 'the second call did not wait'

  # A mistake in the sources is shown, and stops.
  echo 'int broken = ;' >>"$tree/tools/marrow/main.cpp"
  call 1 "$tree/tools/run" "$scenario"
  says 'error:'
  says 'setup.log'

  # A directory that cannot be written.
  ((EUID != 0)) || return 0
  rm -rf -- "$tree/build"
  chmod a-w -- "$tree"
  call 4 "$tree/tools/run" "$scenario"
  says 'cannot write into'
  chmod u+w -- "$tree"
}

# signalled EXPECTED_CODE SETTING SIGNAL...: starts a waiting run in a session of its own, sends the signals half a
# second or two seconds apart once it runs.
signalled() {
  local expected=$1 setting=$2 code=0 signal
  shift 2
  : >"$work/out"
  setsid "$tree/tools/run" "$scenario" --ranks 2 --set wait=60 --set "$setting" >"$work/out" 2>&1 </dev/null &
  child=$!
  for ((i = 0; i < 600; ++i)); do grep -q '<run>' "$work/out" && break || sleep 0.1; done
  sleep 0.5
  for signal; do
    case $signal in
      [0-9]*) sleep "$signal" ;;
      *) kill "-$signal" "$child" ;;
    esac
  done
  wait "$child" || code=$?
  child=''
  output=$(cat "$work/out")
  ((code == expected)) || wrong "signals $*: ended with $code, expected $expected; it said: $output"
}

suite_signals() {
  new_tree
  call 0 "$tree/tools/run" "$scenario"
  signalled 75 x=0 USR1
  says_not 'mpirun'
  signalled 75 x=0 TERM
  signalled 75 x=0 TERM TERM
  signalled 75 x=0 HUP
  signalled 75 x=0 USR2 0.5 TERM
  says 'checkpoint'
  signalled 130 stubborn=1 TERM 1.5 TERM

  # Killed outright, the script takes its ranks along.
  signalled 137 x=0 KILL
  local program=$tree/build/marrow
  for ((i = 0; i < 100; ++i)); do
    program_runs "$program" || return 0
    sleep 0.1
  done
  wrong 'the ranks survived the script'
}

program_runs() {
  local process
  for process in /proc/[0-9]*/exe; do
    [[ $(readlink -- "$process") == "$1" ]] && return 0
  done
  return 1
}

suite_summary() {
  new_tree
  call 0 "$tree/tools/test"
  [[ ${output##*$'\n'} == '3 passed, 0 failed' ]] || wrong "the last line was: ${output##*$'\n'}"
  echo 'echo words of the failing test; exit 1' >"$tree/two_labels.sh"
  call 1 "$tree/tools/test"
  [[ ${output##*$'\n'} == '2 passed, 1 failed' ]] || wrong "the last line was: ${output##*$'\n'}"
  says 'words of the failing test'
  call 0 "$tree/tools/test" -R quick
  [[ ${output##*$'\n'} == '1 passed, 0 failed' ]] || wrong "the last line was: ${output##*$'\n'}"
  call 1 "$tree/tools/test" -R no_such_test
  [[ ${output##*$'\n'} == '0 passed, 0 failed' ]] || wrong "the last line was: ${output##*$'\n'}"
  # After the tests the program still runs without a new configuration.
  call 0 "$tree/tools/run" "$scenario"
  says_not 'configuring'
}

"suite_$1"
((failures == 0))
