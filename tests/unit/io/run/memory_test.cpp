// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/memory.hpp"

#include "tests/support/temporary_directory.hpp"
#include "tests/support/whole_file.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace marrow::io {
namespace {

constexpr std::uint64_t gib = std::uint64_t{1} << 30;

/// A machine of files: 8 GiB available.
class MemoryRoomTest : public testing::Test {
 protected:
  MemoryRoomTest() {
    put("proc/meminfo",
        "MemTotal:       16777216 kB\nMemFree:  100 kB\nMemAvailable:    8388608 "
        "kB\nHugePages_Total"
        ":       0\n");
  }
  void put(const std::string& name, const std::string& text) const {
    const auto file = scratch / name;
    std::filesystem::create_directories(file.parent_path());
    marrow::test::write_text(file, text);
  }
  [[nodiscard]] MemoryRoom room() const { return memory_room(scratch.path()); }

  test::TemporaryDirectory scratch;
};

TEST_F(MemoryRoomTest, IsWhatTheMachineHasAvailable) {
  EXPECT_EQ(room().bytes, 8 * gib);
  EXPECT_EQ(room().limit, "the memory available on the machine");
}

TEST_F(MemoryRoomTest, IsWhatAControlGroupLeaves) {
  put("proc/self/cgroup", "0::/batch/job_7\n");
  put("sys/fs/cgroup/batch/job_7/memory.max", "max\n");
  EXPECT_EQ(room().bytes, 8 * gib);
  put("sys/fs/cgroup/batch/memory.max", std::to_string(3 * gib) + "\n");
  put("sys/fs/cgroup/batch/memory.current", std::to_string(gib) + "\n");
  EXPECT_EQ(room().bytes, 2 * gib) << "the group above has the limit";
  EXPECT_NE(room().limit.find("/batch/memory.max"), std::string::npos) << room().limit;
  put("sys/fs/cgroup/batch/memory.stat", "anon 5\ninactive_file " + std::to_string(gib / 2));
  EXPECT_EQ(room().bytes, 2 * gib + gib / 2) << "cached files make way";
  put("sys/fs/cgroup/batch/memory.current", std::to_string(4 * gib) + "\n");
  EXPECT_EQ(room().bytes, 1U) << "nothing left is not 'unknown'";
}

TEST_F(MemoryRoomTest, KnowsTheOldControlGroups) {
  put("proc/self/cgroup", "9:name=systemd:/x\n4:cpu,memory:/slurm/uid_1\n");
  put("sys/fs/cgroup/memory/slurm/uid_1/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(room().bytes, 8 * gib);
  put("sys/fs/cgroup/memory/memory.limit_in_bytes", std::to_string(gib) + "\n");
  EXPECT_EQ(room().bytes, gib) << "in a container the group is the root of what can be seen";
}

TEST(MemoryRoomOfNothing, IsUnknown) { EXPECT_EQ(memory_room("/nowhere").bytes, 0U); }

TEST(MemoryRoomOfThisMachine, IsKnown) { EXPECT_GT(memory_room().bytes, std::uint64_t{1} << 20); }

TEST(MemoryShortage, AddsUpTheRanksOfEachHost) {
  const MemoryRoom room{10 * gib, "the memory available on the machine"};
  std::vector<MemoryNeed> ranks = {
      {"n1", 4 * gib, room}, {"n2", 4 * gib, room}, {"n1", 6 * gib, room}, {"n2", 5 * gib, room}};
  EXPECT_EQ(memory_shortage(ranks), "");
  ranks.push_back({"n2", 2 * gib, room});
  EXPECT_EQ(memory_shortage(ranks),
            "not enough memory on n2: 3 ranks there will need about 11.00 GiB, but the memory "
            "available on the machine leaves 10.00 GiB. A smaller 'domain.size', more nodes, or "
            "fewer ranks on each; nothing was written");
}

TEST(MemoryShortage, SaysNothingWhereNothingIsKnown) {
  EXPECT_EQ(memory_shortage(std::vector<MemoryNeed>{{"n1", 1000 * gib, {}}}), "");
}

}  // namespace
}  // namespace marrow::io
