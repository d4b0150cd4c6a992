// SPDX-License-Identifier: BSD-3-Clause
// Finished patients on disk: what a crash tears or a disk damages does not count, the rest does.
#include "io/cohort/records.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

namespace {

using namespace marrow::io;
namespace fs = std::filesystem;

CohortPlan plan_of_two() {
  CohortPlan plan;
  plan.patients = 3;
  plan.arms = {{"a", {}}, {"b", {}}};
  return plan;
}

std::vector<std::string> row(const CohortPlan& plan, const std::string& patient,
                             const std::string& arm) {
  std::vector<std::string> cells(table_columns(plan).size());
  cells[0] = patient;
  cells[1] = arm;
  cells[3] = "finished";
  cells[4] = "a reason, with \"quotes\"";
  return cells;
}

class RecordsTest : public testing::Test {
 protected:
  RecordsTest() {
    fs::remove_all(folder);
    fs::create_directories(folder / "records");
  }
  ~RecordsTest() override { fs::remove_all(folder); }

  void write(const char* name, const std::vector<std::pair<std::string, std::string>>& rows) const {
    RecordWriter writer(folder / "records" / name, table_columns(plan));
    for (const auto& [patient, arm] : rows) EXPECT_TRUE(writer.append(row(plan, patient, arm)));
    EXPECT_EQ(writer.pending(), 0);
  }
  [[nodiscard]] Records all() const {
    Records records;
    read_records(folder, plan, records);
    return records;
  }
  void rewrite(const char* name, const std::function<void(std::string&)>& change) const {
    std::ostringstream text;
    text << std::ifstream(folder / "records" / name).rdbuf();
    std::string bytes = text.str();
    change(bytes);
    std::ofstream(folder / "records" / name) << bytes;
  }

  CohortPlan plan = plan_of_two();
  fs::path folder = fs::path(testing::TempDir()) / "marrow_records_test";
};

TEST_F(RecordsTest, RowsOfAllFilesCountOnce) {
  write("part_0001_00000.csv", {{"1", "a"}, {"2", "b"}});
  write("part_0002_00000.csv", {{"3", "a"}, {"2", "b"}, {"4", "a"}, {"1", "c"}});
  const Records records = all();
  ASSERT_EQ(records.rows.size(), 3U);
  EXPECT_TRUE(records.rows.contains(0) && records.rows.contains(3) && records.rows.contains(4));
  EXPECT_EQ(records.rows.at(3), row(plan, "2", "b"));
  EXPECT_EQ(records.damaged, 0);
}

TEST_F(RecordsTest, ATornRowDoesNotCount) {
  write("part_0001_00000.csv", {{"1", "a"}, {"2", "b"}});
  rewrite("part_0001_00000.csv", [](std::string& bytes) { bytes.resize(bytes.size() - 5); });
  EXPECT_EQ(all().rows.size(), 1U);
  EXPECT_EQ(all().damaged, 1);
}

TEST_F(RecordsTest, ADamagedRowDoesNotCount) {
  write("part_0001_00000.csv", {{"1", "a"}, {"2", "b"}});
  rewrite("part_0001_00000.csv",
          [](std::string& bytes) { bytes.replace(bytes.find("\n2,b") + 1, 1, "3"); });
  EXPECT_EQ(all().rows.size(), 1U);
  EXPECT_EQ(all().damaged, 1);
}

TEST_F(RecordsTest, AFileWithOtherColumnsIsNamed) {
  write("part_0001_00000.csv", {{"1", "a"}});
  rewrite("part_0001_00000.csv", [](std::string& bytes) { bytes.replace(0, 7, "patents"); });
  EXPECT_TRUE(all().rows.empty());
  ASSERT_EQ(all().notes.size(), 1U);
  EXPECT_NE(all().notes[0].find("other columns"), std::string::npos);
}

TEST_F(RecordsTest, ADirectoryThatCannotBeWrittenKeepsRowsInMemory) {
  RecordWriter writer(folder / "nowhere" / "part_0001_00000.csv", table_columns(plan));
  EXPECT_FALSE(writer.append(row(plan, "1", "a")));
  EXPECT_EQ(writer.pending(), 1);
  EXPECT_NE(writer.trouble(), "");
  fs::create_directories(folder / "nowhere");
  EXPECT_TRUE(writer.append(row(plan, "2", "a")));
  EXPECT_EQ(writer.pending(), 0);
}

}  // namespace
