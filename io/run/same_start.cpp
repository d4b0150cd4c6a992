// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/same_start.hpp"

#include "core/model/failure.hpp"
#include "core/random/mix.hpp"
#include "io/run/build_info.hpp"

#include <fmt/format.h>

#include <cstring>
#include <elf.h>
#include <link.h>
#include <string_view>
#include <vector>

namespace marrow::io {
namespace {

std::uint64_t hash_of(std::string_view bytes, std::uint64_t hash = 1) {
  for (const char byte : bytes) hash = mix64(hash ^ static_cast<unsigned char>(byte)) + 1;
  return mix64(hash + bytes.size());
}

/// The build id among the notes of one program segment; empty if it is not there.
std::string_view build_id_in(const char* notes, std::size_t size) {
  constexpr std::size_t alignment = 4;
  const auto padded = [](std::size_t n) { return (n + alignment - 1) / alignment * alignment; };
  while (size >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note;
    std::memcpy(&note, notes, sizeof note);
    const std::size_t name = sizeof note;
    const std::size_t content = name + padded(note.n_namesz);
    const std::size_t whole = content + padded(note.n_descsz);
    if (whole > size) return {};
    if (note.n_type == NT_GNU_BUILD_ID &&
        std::string_view(notes + name, note.n_namesz) == std::string_view("GNU\0", 4)) {
      return {notes + content, note.n_descsz};
    }
    notes += whole;
    size -= whole;
  }
  return {};
}

/// The program itself is the first object that the loader names; returning 1 ends the walk.
int look_at_program(dl_phdr_info* object, std::size_t, void* found) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    const auto* notes = reinterpret_cast<const char*>(object->dlpi_addr + segment.p_vaddr);
    const std::string_view id = build_id_in(notes, segment.p_memsz);
    if (!id.empty()) *static_cast<std::string_view*>(found) = id;
  }
  return 1;
}

std::uint64_t program_hash() {
  std::string_view id;
  dl_iterate_phdr(look_at_program, &id);
  if (!id.empty()) return hash_of(id);
  const BuildInfo& build = build_info();
  return hash_of(build.version + build.git_commit + build.git_state + build.compiler +
                 build.compiler_flags);
}

/// "rank 2", "ranks 1 to 3 and 7".
std::string rank_list(const std::vector<std::size_t>& ranks) {
  std::vector<std::string> runs;
  for (std::size_t i = 0; i < ranks.size();) {
    std::size_t last = i;
    while (last + 1 < ranks.size() && ranks[last + 1] == ranks[last] + 1) ++last;
    runs.push_back(last == i ? std::to_string(ranks[i])
                             : fmt::format("{} to {}", ranks[i], ranks[last]));
    i = last + 1;
  }
  std::string text = ranks.size() == 1 ? "rank " : "ranks ";
  for (std::size_t i = 0; i < runs.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == runs.size() ? " and " : ", ") + runs[i];
  }
  return text;
}

}  // namespace

StartMark start_mark(int argument_count, const char* const* arguments) {
  StartMark mark;
  mark.program = program_hash();
  const std::span all(arguments, static_cast<std::size_t>(argument_count));
  for (std::size_t i = 1; i < all.size(); ++i) mark.arguments = hash_of(all[i], mark.arguments + 1);
  return mark;
}

std::string start_difference(std::span<const StartMark> by_rank) {
  std::string text;
  const auto compare = [&](std::uint64_t StartMark::*member, std::string_view what) {
    std::vector<std::size_t> others;
    for (std::size_t rank = 0; rank < by_rank.size(); ++rank) {
      if (by_rank[rank].*member != by_rank[0].*member) others.push_back(rank);
    }
    if (others.empty()) return;
    text += fmt::format("{}{} {} {}", text.empty() ? "" : "; ", rank_list(others),
                        others.size() == 1 ? "was" : "were", what);
  };
  compare(&StartMark::program, "started with another program than rank 0");
  compare(&StartMark::arguments, "started with other arguments than rank 0");
  compare(&StartMark::scenario, "given another scenario than rank 0");
  return text.empty() ? text
                      : text +
                            ": all ranks of a run need the same program file and the same command "
                            "line; nothing was computed";
}

void require_same_start(const parallel::Communicator& comm, const StartMark& mine) {
  const auto all = comm.all_gather(std::span(&mine, 1));
  const std::string difference = start_difference(all);
  if (!difference.empty()) throw Failure(ExitCode::command_line, difference);
}

}  // namespace marrow::io
