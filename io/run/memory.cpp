// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/memory.hpp"

#include "core/model/failure.hpp"
#include "io/run/wording.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace marrow::io {
namespace fs = std::filesystem;
namespace {

/// The number that a small file of the kernel holds; nothing for "max" or if it is not there.
std::optional<std::uint64_t> number_in(const fs::path& file) {
  std::ifstream input(file);
  std::string text;
  input >> text;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

/// The number behind a key in a file of lines "key number [unit]".
std::optional<std::uint64_t> number_of(const fs::path& file, std::string_view wanted) {
  std::ifstream input(file);
  std::string key;
  std::uint64_t value = 0;
  std::string rest;
  while (input >> key >> value) {
    if (key == wanted) return value;
    std::getline(input, rest);
  }
  return std::nullopt;
}

/// One hierarchy of control groups: where it is mounted and how its files and numbers are called.
struct Hierarchy {
  fs::path mount;
  const char* limit;
  const char* used;
  const char* cached;  // in memory.stat: file pages that the kernel gives up when asked for memory
};

/// Keeps the smaller room.
void tighten(MemoryRoom& room, std::uint64_t bytes, const std::string& limit) {
  if (room.bytes == 0 || bytes < room.bytes) room = {bytes, limit};
}

/// Each group above the process's own may have a limit. In a container the path may not be visible
/// as the kernel names it: what can be seen counts.
void tighten_by_groups(MemoryRoom& room, const Hierarchy& hierarchy, fs::path group) {
  while (true) {
    const fs::path folder = hierarchy.mount / group.relative_path();
    const auto limit = number_in(folder / hierarchy.limit);
    if (limit) {
      const std::uint64_t all = number_in(folder / hierarchy.used).value_or(0);
      const std::uint64_t cached = number_of(folder / "memory.stat", hierarchy.cached).value_or(0);
      const std::uint64_t used = all - std::min(all, cached);
      tighten(
          room, *limit > used ? *limit - used : 1,
          fmt::format("the limit of its control group ({})", (folder / hierarchy.limit).string()));
    }
    if (group.relative_path().empty()) return;
    group = group.parent_path();
  }
}

std::string in_gib(std::uint64_t bytes) {
  return fmt::format("{:.2f} GiB", static_cast<double>(bytes) / static_cast<double>(1U << 30));
}

}  // namespace

MemoryRoom memory_room(const fs::path& root) {
  MemoryRoom room;
  constexpr std::uint64_t kib = 1024;
  if (const auto available = number_of(root / "proc/meminfo", "MemAvailable:")) {
    room = {*available * kib, "the memory available on the machine"};
  }
  const Hierarchy version_1{root / "sys/fs/cgroup/memory", "memory.limit_in_bytes",
                            "memory.usage_in_bytes", "total_inactive_file"};
  const Hierarchy version_2{root / "sys/fs/cgroup", "memory.max", "memory.current",
                            "inactive_file"};
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = ',' + line.substr(first + 1, second - first - 1) + ',';
    const fs::path group = line.substr(second + 1);
    if (controllers == ",,") tighten_by_groups(room, version_2, group);
    if (controllers.find(",memory,") != std::string::npos) {
      tighten_by_groups(room, version_1, group);
    }
  }
  return room;
}

std::string memory_shortage(std::span<const MemoryNeed> by_rank) {
  struct Host {
    std::int64_t ranks = 0;
    std::uint64_t needed = 0;
    MemoryRoom room;
  };
  std::map<std::string, Host> hosts;
  for (const MemoryNeed& need : by_rank) {
    Host& host = hosts[need.host];
    ++host.ranks;
    host.needed += need.bytes;
    if (need.room.bytes > 0) tighten(host.room, need.room.bytes, need.room.limit);
  }
  for (const auto& [name, host] : hosts) {
    if (host.room.bytes == 0 || host.needed <= host.room.bytes) continue;
    return fmt::format(
        "not enough memory on {}: {} there will need about {}, but {} leaves {}. A smaller "
        "'domain.size', more nodes, or fewer ranks on each; nothing was written",
        name, counted(host.ranks, "rank"), in_gib(host.needed), host.room.limit,
        in_gib(host.room.bytes));
  }
  return {};
}

void require_memory(const parallel::Communicator& comm, const MemoryNeed& mine) {
  using nlohmann::json;
  const std::string line =
      json{mine.host, mine.bytes, mine.room.bytes, mine.room.limit}.dump() + '\n';
  const auto gathered = comm.all_gather(std::span<const char>(line));
  std::vector<MemoryNeed> all;
  for (auto begin = gathered.begin(); begin != gathered.end();) {
    const auto end = std::find(begin, gathered.end(), '\n');
    const json one = json::parse(begin, end);
    all.push_back({one[0], one[1], {one[2], one[3]}});
    begin = end + 1;
  }
  const std::string shortage = memory_shortage(all);
  if (!shortage.empty()) throw Failure(ExitCode::files, shortage);
}

}  // namespace marrow::io
