#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# layers.sh TREE: who may include what. core <- parallel <- io <- tools; <mpi.h> in parallel/ and io/; HDF5, VTK,
# yaml-cpp, cairo and libpng each in one folder of io/; no cycle among files. Prints file:line of each mistake and fails.
set -euo pipefail
cd -- "$1"

# mapfile rather than xargs: names may hold spaces.
mapfile -d '' -t files < <(for folder in core parallel io tools; do
  [[ ! -d $folder ]] || find "$folder" -type f \( -name '*.hpp' -o -name '*.cpp' -o -name '*.h' \) -print0
done | sort -z)
((${#files[@]})) || { echo "no source files in $PWD" && exit 1; }

awk '
  BEGIN { level["core"] = 0; level["parallel"] = 1; level["io"] = 2; level["tools"] = 3 }
  function wrong(text) { printf "%s:%d: %s\n", FILENAME, FNR, text; ++mistakes }
  function top(path) { return substr(path, 1, index(path, "/") - 1) }
  function home(header, pattern, folders, where) {
    if (header ~ pattern && FILENAME !~ folders) wrong("<" header "> belongs in " where)
  }
  function project_header(header) {
    if (header !~ /\//) { siblings[++sibling_count] = FILENAME ":" FNR ":" header; return }  # generated, or a mistake
    if (!(top(header) in level)) {
      wrong("\"" header "\": name project headers from the top of the tree, library headers in <>")
      return
    }
    if (level[top(header)] > level[top(FILENAME)])
      wrong(top(FILENAME) "/ may not include " header " (core <- parallel <- io <- tools)")
    if (header != FILENAME) { needs[FILENAME, ++need_count[FILENAME]] = header } else wrong("includes itself")
  }
  function library_header(header) {
    home(header, "^mpi\\.h$", "^(parallel|io)/", "parallel/ or io/")
    home(header, "^(hdf5|H5[A-Z]|hdf5/)", "^io/checkpoint/", "io/checkpoint/")
    home(header, "^vtk", "^io/vtk/", "io/vtk/")
    home(header, "^(cairo|png\\.h)", "^io/biopsy/", "io/biopsy/")
    home(header, "^yaml-cpp/", "^io/scenario/", "io/scenario/")
  }
  FNR == 1 { names[++name_count] = FILENAME }
  match($0, /^[ \t]*#[ \t]*include[ \t]*["<][^">]*[">]/) {
    quoted = substr($0, RSTART, RLENGTH)
    sub(/^[ \t]*#[ \t]*include[ \t]*/, "", quoted)
    header = substr(quoted, 2, length(quoted) - 2)
    if (quoted ~ /^"/) project_header(header); else library_header(header)
  }
  # Files whose includes are all free of cycles are free of cycles; what remains at the end holds one.
  function remove_free_files(  i, n, name, changed, held) {
    do {
      changed = 0
      for (i = 1; i <= name_count; ++i) {
        name = names[i]
        if (name in free) continue
        held = 0
        for (n = 1; n <= need_count[name]; ++n)
          if (needs[name, n] in is_file && !(needs[name, n] in free)) held = 1
        if (!held) { free[name] = 1; changed = 1 }
      }
    } while (changed)
  }
  function print_cycle(name,  path, visited, n) {
    path = name
    while (!(name in visited)) {
      visited[name] = 1
      for (n = 1; n <= need_count[name]; ++n)
        if (needs[name, n] in is_file && !(needs[name, n] in free)) break
      name = needs[name, n]
      path = path " -> " name
    }
    printf "%s:1: include cycle: %s\n", name, path
    ++mistakes
  }
  function sibling(entry,  part, folder) {
    split(entry, part, ":")
    folder = part[1]
    sub(/[^/]*$/, "", folder)
    if (!((folder part[3]) in is_file)) return
    printf "%s:%d: \"%s\": name project headers from the top of the tree\n", part[1], part[2], part[3]
    ++mistakes
  }
  END {
    for (i = 1; i <= name_count; ++i) is_file[names[i]] = 1
    for (i = 1; i <= sibling_count; ++i) sibling(siblings[i])
    remove_free_files()
    for (i = 1; i <= name_count; ++i)
      if (!(names[i] in free)) { print_cycle(names[i]); break }
    exit mistakes > 0
  }' "${files[@]}"
