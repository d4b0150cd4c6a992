# SPDX-License-Identifier: BSD-3-Clause
# What setup, run and test share: find what the program needs, install what is missing, build.
# Sourced after `set -euo pipefail`, with `root` set to the top of the source tree. Every function may be interrupted
# at any point and called again. Knows nothing about scenarios or tests.

build=$root/build
log=$build/setup.log

# Exit codes as in core/model/failure.hpp.
exit_internal=1
exit_command_line=2
exit_scenario=3
exit_files=4
exit_interrupted=130

say() { printf '%s\n' "$*" >&2; }

fail() {
  local code=$1
  shift
  say "$@"
  exit "$code"
}

have() { command -v -- "$1" >/dev/null 2>&1; }

# Opens the build directory, takes its lock, so that two calls never install or build at once, and starts a new log.
enter_build() {
  { mkdir -p -- "$build" && : >>"$log"; } 2>/dev/null ||
    fail $exit_files "cannot write into $build: the program is built there. Check permissions and free space."
  have flock || return 0
  exec 9>>"$build/.lock"
  if ! flock --nonblock 9; then
    say "another call is building in $build; waiting for it"
    flock 9
  fi
  : >"$log"
}

leave_build() { exec 9>&-; }

# ---- what is missing --------------------------------------------------------------------------

# The rows of packages.txt for `run`, or for `run` and `test`: name|when|package|provides|header.
requirements() {
  sed -e "/^#/d" -e "s/ *| */|/g" "$root/tools/dependencies/packages.txt" |
    awk -F"|" -v purpose="$1" '$2 == "run" || purpose == "test" { print $1 "|" $3 "|" $4 "|" $5 }'
}

compiler_program() {
  local candidate
  for candidate in "${CXX:-}" c++ g++ clang++; do
    candidate=${candidate%% *}
    [[ -n $candidate ]] && have "$candidate" && command -v -- "$candidate" && return 0
    [[ -n ${CXX:-} ]] && return 1  # $CXX names the compiler: no other will do
  done
  return 1
}

cmake_is_new_enough() {
  local version
  version=$(cmake --version 2>/dev/null | sed -n '1s/.* \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p') || return 1
  [[ $version =~ ^([0-9]+)\.([0-9]+)$ ]] || return 1
  ((BASH_REMATCH[1] > 3 || (BASH_REMATCH[1] == 3 && BASH_REMATCH[2] >= 25)))
}

build_tool() {
  local candidate
  for candidate in ninja ninja-build make; do
    have "$candidate" && command -v -- "$candidate" && return 0
  done
  return 1
}

# Without cmake or a compiler only the places where headers usually lie can be looked at.
header_exists() {
  local header=$1 prefix candidate
  local -a prefixes
  IFS=':;' read -r -a prefixes <<<"${CPATH:-}:${CPLUS_INCLUDE_PATH:-}:${CMAKE_PREFIX_PATH:-}"
  for prefix in "${prefixes[@]}" /usr /usr/local; do
    [[ -n $prefix ]] || continue
    for candidate in "$prefix/$header" "$prefix/include/$header" "$prefix"/include/*/"$header" \
      "$prefix"/include/*/*/"$header" "$prefix"/lib/*/*/include/"$header"; do
      [[ -e $candidate ]] && printf '%s\n' "$candidate" && return 0
    done
  done
  return 1
}

probe_without_cmake() {
  local purpose=$1 name package provides header proof
  while IFS='|' read -r name package provides header; do
    case $name in
      compiler | cmake | build-tool) continue ;;
      mpirun) proof=$(command -v mpirun || command -v mpiexec) ;;
      clang) proof=$(command -v clang++ || command -v clang++-14) ;;
      clang-runtime) proof=$(compgen -G '/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a' | head -n 1 | grep .) ;;
      slurm) proof=$(PATH=$PATH:/usr/sbin:/sbin command -v slurmctld) ;;
      munge) proof=$(PATH=$PATH:/usr/sbin:/sbin command -v munged) ;;
      clang-format) proof=$(command -v clang-format-14 || command -v clang-format) ;;
      shellcheck) proof=$(command -v shellcheck) ;;
      locales) proof=$(find /usr/share/i18n/locales -name de_DE 2>/dev/null | grep .) ;;
      chromium) proof=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ;;
      *) proof=$(header_exists "$header") ;;
    esac && printf 'found %s %s\n' "$name" "$proof" || printf 'missing %s\n' "$name"
  done < <(requirements "$purpose")
}

# Lines `found NAME FILE` and `missing NAME`, from the same searches as the real configuration.
probe() {
  local purpose=$1 compiler='' maker='' tests=OFF directory=$build/.probe
  if compiler=$(compiler_program); then printf 'found compiler %s\n' "$compiler"; else printf 'missing compiler\n'; fi
  if maker=$(build_tool); then printf 'found build-tool %s\n' "$maker"; else printf 'missing build-tool\n'; fi
  if cmake_is_new_enough; then printf 'found cmake %s\n' "$(command -v cmake)"; else printf 'missing cmake\n'; fi
  if [[ -z $compiler || -z $maker ]] || ! cmake_is_new_enough; then
    probe_without_cmake "$purpose"
    return
  fi
  [[ $purpose == test ]] && tests=ON
  rm -rf -- "$directory"
  generator
  { cmake -S "$root/tools/dependencies" -B "$directory" "${generator[@]}" -DMARROW_PROBE_TESTS=$tests 2>&1 || true; } |
    tee -a "$log" | sed -n 's/^marrow-probe //p'
  rm -rf -- "$directory"
}

generator() {
  case $(build_tool) in
    */make) generator=(-G 'Unix Makefiles') ;;
    *) generator=(-G Ninja) ;;
  esac
}

# What a recorded probe depends on besides the files it found.
probe_key() {
  local purpose=$1
  {
    printf '%s\n' "$purpose" "$PATH" "${CXX:-}" "${CC:-}" "${CMAKE_PREFIX_PATH:-}" "${HDF5_ROOT:-}" "${VTK_DIR:-}"
    cat "$root/tools/dependencies/packages.txt" "$root/tools/dependencies/CMakeLists.txt"
  } | cksum
}

# True when an earlier probe found everything and every file that proved it is still there.
recorded_as_complete() {
  local purpose=$1 record=$build/.found-$1 key found name file
  [[ -r $record ]] || return 1
  {
    read -r key || return 1
    [[ $key == "$(probe_key "$purpose")" ]] || return 1
    while read -r found name file; do
      [[ -e $file ]] || return 1
    done
  } <"$record"
}

# Sets missing_names. A name that the probe does not mention counts as missing.
find_missing() {
  local purpose=$1 lines name rest
  lines=$(probe "$purpose")
  missing_names=()
  while IFS='|' read -r name rest; do
    if grep -qx -- "missing $name" <<<"$lines" || ! grep -q -- "^found $name " <<<"$lines"; then
      missing_names+=("$name")
    fi
  done < <(requirements "$purpose")
  ((${#missing_names[@]})) && return 0
  { probe_key "$purpose" && grep '^found ' <<<"$lines"; } >"$build/.found-$purpose.new"
  mv -- "$build/.found-$purpose.new" "$build/.found-$purpose"
}

missing_packages() {
  local purpose=$1 name package rest missing
  while IFS='|' read -r name package rest; do
    for missing in "${missing_names[@]}"; do
      [[ $missing == "$name" ]] && printf '%s\n' "$package"
    done
  done < <(requirements "$purpose")
  return 0
}

describe_missing() {
  local purpose=$1 name package provides header missing
  local -a packages
  mapfile -t packages < <(missing_packages "$purpose")
  say "These are needed and were not found (package of Debian 12: what it provides):"
  while IFS='|' read -r name package provides header; do
    for missing in "${missing_names[@]}"; do
      [[ $missing == "$name" ]] && say "$(printf '  %-20s %s' "$package" "$provides")"
    done
  done < <(requirements "$purpose")
  say "On Debian or Ubuntu, as administrator:"
  say "  apt-get install --no-install-recommends ${packages[*]}"
  say "On a cluster load the site's modules, for instance"
  say "  module load gcc cmake openmpi hdf5/parallel vtk yaml-cpp"
  say "or name where they lie in CMAKE_PREFIX_PATH, and call again: whatever cmake finds counts as present."
  say "Details of the search: $log"
}

# ---- install ----------------------------------------------------------------------------------

# Sets as_root to the words that make a command run as root; fails when there is no such way.
may_install() {
  have apt-get || { why_not="there is no apt-get on this machine" && return 1; }
  as_root=()
  ((EUID == 0)) && return 0
  have sudo || { why_not="installing needs root, and there is no sudo" && return 1; }
  as_root=(sudo)
  sudo -n true 2>/dev/null && return 0
  [[ -t 0 && -t 2 ]] && return 0  # sudo asks for the password
  why_not="installing needs root, and sudo asks for a password without a terminal"
  return 1
}

apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -y -o DPkg::Lock::Timeout=600 \
    -o Acquire::Retries=3 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" </dev/null 2>&1
}

install_missing() {
  local purpose=$1 status=0
  local -a packages
  mapfile -t packages < <(missing_packages "$purpose")
  say "installing ${packages[*]}"
  # An installation that was interrupted leaves packages unpacked but not configured.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive dpkg --configure -a </dev/null >>"$log" 2>&1 ||
    apt --fix-broken install >>"$log" || true
  apt update | progress "package lists" || say "some package lists could not be fetched; going on with the others"
  apt --no-install-recommends install "${packages[@]}" | progress "packages" || status=$?
  ((status == 0)) && return 0
  say "apt-get failed:"
  tail -n 15 "$log" >&2
  return 1
}

# Copies stdin to the log and shows on a terminal one line that lives.
progress() {
  local label=$1 line count=0 total='' shown=no text=''
  while IFS= read -r line; do
    printf '%s\n' "$line"
    [[ -t 2 ]] || continue
    case $line in
      *' newly installed,'*) total=" of $(sed 's/.*, \([0-9]*\) newly.*/\1/' <<<"$line")" && continue ;;
      Get:*) text="downloaded $((++count))$total" ;;
      'Unpacking '*) [[ $text == unpacked* ]] || count=0; text="unpacked $((++count))$total" ;;
      'Setting up '*) [[ $text == installed* ]] || count=0; text="installed $((++count))$total" ;;
      \[*\]*) text="${line%%]*}]" ;;
      *) continue ;;
    esac
    printf '\r\033[K%s: %s' "$label" "$text" >&2
    shown=yes
  done >>"$log"
  [[ $shown == no ]] || printf '\r\033[K' >&2
}

# Everything that `purpose` needs is there afterwards, or the program has ended with exit code 4 and a list.
provide() {
  local purpose=$1
  recorded_as_complete "$purpose" && return 0
  find_missing "$purpose"
  ((${#missing_names[@]} == 0)) && return 0
  if ! may_install; then
    describe_missing "$purpose"
    fail $exit_files "Nothing was installed: $why_not."
  fi
  install_missing "$purpose" || { describe_missing "$purpose" && exit $exit_files; }
  hash -r
  find_missing "$purpose"
  ((${#missing_names[@]} == 0)) && return 0
  say "the packages were installed, yet something is still missing"
  describe_missing "$purpose"
  exit $exit_files
}

# ---- build ------------------------------------------------------------------------------------

cached() { sed -n "s/^$1:[^=]*=//p" "$build/CMakeCache.txt" 2>/dev/null || true; }

forget_configuration() { rm -rf -- "$build/CMakeCache.txt" "$build/CMakeFiles"; }

# Configures unless build/ is already what is asked for; cmake itself sees later changes of the sources.
configure() {
  local tests=$1  # ON: build the tests too; OFF: leave them as they are
  local -a options=(-DCMAKE_BUILD_TYPE=Release)
  if [[ -e $build/CMakeCache.txt ]] && { [[ $(cached CMAKE_HOME_DIRECTORY) != "$root" ]] ||
    [[ $(cached CMAKE_CACHEFILE_DIR) != "$build" ]] || [[ ! -x $(cached CMAKE_MAKE_PROGRAM) ]] ||
    [[ ! -x $(cached CMAKE_CXX_COMPILER) ]]; }; then
    forget_configuration  # the tree was moved, or the tools were
  fi
  [[ -e $build/build.ninja || -e $build/Makefile ]] && [[ $(cached CMAKE_BUILD_TYPE) == Release ]] &&
    [[ $(cached CMAKE_CXX_COMPILER) ]] && [[ ! -e $build/.configuring ]] &&
    [[ $tests == OFF || $(cached BUILD_TESTING) == ON ]] && return 0
  if [[ $tests == ON || ! -e $build/CMakeCache.txt ]]; then options+=(-DBUILD_TESTING="$tests"); fi
  if [[ ! -e $build/CMakeCache.txt ]]; then
    generator
    options+=("${generator[@]}")
  fi
  say "configuring in $build"
  : >"$build/.configuring"
  cmake -S "$root" -B "$build" "${options[@]}" >>"$log" 2>&1 || return 1
  rm -f -- "$build/.configuring"
}

# Compiling takes up to 1 GB per job: more jobs than memory allows would end in the OOM killer.
compile_jobs() {
  local jobs memory_kb=''
  jobs=$(nproc)
  memory_kb=$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo 2>/dev/null) || true
  if [[ -n $memory_kb ]] && ((jobs > memory_kb / 1000000)); then jobs=$((memory_kb / 1000000)); fi
  ((jobs > 0)) || jobs=1
  printf '%s\n' "$jobs"
}

compile() { cmake --build "$build" -j "$(compile_jobs)" "$@" 2>&1 | progress "compiling"; }

# build_target TESTS [--target NAME]: configure and compile. When that fails because something that was found before has
# gone since, install it and try once more.
build_target() {
  local tests=$1 purpose=run
  shift
  [[ $tests == ON ]] && purpose='test'
  configure "$tests" && compile "$@" && return 0
  rm -f -- "$build/.found-run" "$build/.found-test"
  find_missing "$purpose"
  if ((${#missing_names[@]})); then
    provide "$purpose"
    forget_configuration
    configure "$tests" && compile "$@" && return 0
  fi
  say "the build failed:"
  grep -E -m 5 -A 6 'error:|Error |FAILED' "$log" >&2 || tail -n 30 "$log" >&2
  fail $exit_internal "The whole output is in $log"
}

# ---- MPI --------------------------------------------------------------------------------------

# What OpenMPI needs to start quietly on one machine. Values that the user has set are kept.
prepare_mpi() {
  if ((EUID == 0)); then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  fi
  # Containers forbid the copy between processes that shared memory tries first, and every message says so.
  export OMPI_MCA_btl_vader_single_copy_mechanism=${OMPI_MCA_btl_vader_single_copy_mechanism-none}
  have ssh || have rsh || export OMPI_MCA_plm_rsh_agent=${OMPI_MCA_plm_rsh_agent-}
}

# Sets `launch`, the words that start `ranks` ranks (one per physical core where `ranks` is empty): OpenMPI's mpirun, or
# another MPI's with the options they all share.
launcher() {
  local mpirun cores
  mpirun=$(cached MPIEXEC_EXECUTABLE)
  [[ -x $mpirun ]] || mpirun=$(command -v mpirun || command -v mpiexec)
  cores=$(physical_cores)
  [[ -n $ranks ]] || ranks=${SLURM_NTASKS:-$cores}
  launch=("$mpirun" -n "$ranks")
  [[ $("$mpirun" --version 2>/dev/null) =~ Open\ MPI|OpenRTE|Open-MPI ]] || return 0
  launch+=(--quiet)
  [[ -z ${SLURM_JOB_ID:-} ]] || return 0  # the batch system says where ranks go
  if ((ranks == cores)); then
    launch+=(--oversubscribe --bind-to core:overload-allowed,if-supported)
  else
    launch+=(--oversubscribe --bind-to none)
  fi
}

# Cores this process may use: physical ones, within the CPU set and the CPU quota of a container.
physical_cores() {
  local cores quota period file
  cores=$(allowed_physical_cores) || cores=$(nproc)
  for file in /sys/fs/cgroup/cpu.max "/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup 2>/dev/null)/cpu.max"; do
    { read -r quota period <"$file"; } 2>/dev/null || continue
    if [[ $quota =~ ^[0-9]+$ ]] && ((quota / period < cores)); then cores=$((quota / period)); fi
  done
  if { read -r quota </sys/fs/cgroup/cpu/cpu.cfs_quota_us && read -r period </sys/fs/cgroup/cpu/cpu.cfs_period_us; } 2>/dev/null &&
    ((quota > 0 && quota / period < cores)); then
    cores=$((quota / period))
  fi
  ((cores > 0)) || cores=1
  printf '%s\n' "$cores"
}

allowed_physical_cores() {
  have lscpu || return 1
  local cores
  cores=$(LC_ALL=C lscpu -p=CPU,CORE,SOCKET 2>/dev/null | awk -F, -v list="$(
    sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)" '
    BEGIN {
      count = split(list, ranges, ",")
      for (i = 1; i <= count; ++i) {
        if (split(ranges[i], ends, "-") < 2) ends[2] = ends[1]
        for (cpu = ends[1] + 0; cpu <= ends[2] + 0; ++cpu) allowed[cpu] = 1
      }
    }
    !/^#/ && ($1 + 0) in allowed && !seen[$2 "," $3]++ { ++cores }
    END { print cores + 0 }')
  ((cores > 0)) || return 1
  printf '%s\n' "$cores"
}
