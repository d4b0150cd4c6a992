// SPDX-License-Identifier: BSD-3-Clause
#include "io/vtk/frame_series.hpp"

#include "core/model/failure.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/io/vtk/file_bytes.hpp"

#include <gtest/gtest.h>
#include <vtkSmartPointer.h>
#include <vtkXMLDataElement.h>
#include <vtkXMLUtilities.h>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;

/// timestep -> file, as an XML parser sees a .pvd.
std::map<std::string, std::string> read_pvd(const fs::path& path) {
  const auto root =
      vtkSmartPointer<vtkXMLDataElement>::Take(vtkXMLUtilities::ReadElementFromFile(path.c_str()));
  std::map<std::string, std::string> entries;
  if (root == nullptr || std::string(root->GetName()) != "VTKFile" ||
      std::string(root->GetAttribute("type")) != "Collection") {
    return entries;
  }
  vtkXMLDataElement* collection = root->FindNestedElementWithName("Collection");
  for (int i = 0; i < collection->GetNumberOfNestedElements(); ++i) {
    vtkXMLDataElement* entry = collection->GetNestedElement(i);
    entries[entry->GetAttribute("timestep")] = entry->GetAttribute("file");
  }
  return entries;
}

class FrameSeriesTest : public testing::Test {
 protected:
  void touch(const std::string& name) { put(directory_.path() / name, "x"); }
  [[nodiscard]] bool there(const std::string& name) const {
    return fs::exists(directory_.path() / name);
  }
  test::TemporaryDirectory directory_;
};

TEST(FrameNames, AreReadBackAsTheyWereGiven) {
  for (const FrameName& name : {FrameName{Series::cells, 120, std::nullopt, false, false},
                                FrameName{Series::cells, 120, std::nullopt, true, false},
                                FrameName{Series::cells, 1234567890123, 3, false, true},
                                FrameName{Series::fields, 0, 12345, false, false},
                                FrameName{Series::tissue, 0, std::nullopt, false, true},
                                FrameName{Series::niches, 0, 7, false, false}}) {
    EXPECT_EQ(parse_file_name(file_name(name)), name) << file_name(name);
  }
  EXPECT_EQ(file_name({Series::cells, 120, std::nullopt, false, false}), "cells_000000120.vtp");
  EXPECT_EQ(file_name({Series::fields, 120, 3, false, false}), "fields_000000120_p0003.vti");
  EXPECT_EQ(file_name({Series::tissue, 0, std::nullopt, true, false}), "tissue.pvti");
}

TEST(FrameNames, OfOtherFilesAreLeftAlone) {
  for (const char* name :
       {"cells.vtp", "cells_12.vtp", "cells_000000001.vti", "tissue_000000001.vti",
        "fields_000000001.vti.bak", "mycells_000000001.vtp", "cells.pvd",
        "cells_000000001_p0000.pvtp", "cells_9999999999999999999.vtp", ""}) {
    EXPECT_EQ(parse_file_name(name), std::nullopt) << name;
  }
}

TEST_F(FrameSeriesTest, ListHoldsCompleteFramesOnly) {
  for (const char* name : {"cells_000000024.vtp", "cells_000000048.pvtp",
                           "cells_000000048_p0000.vtp", "cells_000000072_p0000.vtp",
                           "cells_000000096.vtp.partial", "fields_000000024.vti", "notes.txt"}) {
    touch(name);
  }
  EXPECT_EQ(list_frames(directory_.path(), Series::cells),
            (FrameList{{24, "cells_000000024.vtp"}, {48, "cells_000000048.pvtp"}}));
  EXPECT_TRUE(list_frames(directory_.path() / "absent", Series::cells).empty());
}

TEST_F(FrameSeriesTest, PvdGivesDays) {
  write_pvd(directory_.path(), Series::cells, {{0, "a.vtp"}, {36, "b.vtp"}, {8760, "c.vtp"}});
  EXPECT_EQ(
      read_pvd(directory_.path() / "cells.pvd"),
      (std::map<std::string, std::string>{{"0", "a.vtp"}, {"1.5", "b.vtp"}, {"365", "c.vtp"}}));
  EXPECT_FALSE(there("cells.pvd.partial"));
}

TEST_F(FrameSeriesTest, PvdOfNoFrameIsRemoved) {
  write_pvd(directory_.path(), Series::cells, {{0, "a.vtp"}});
  write_pvd(directory_.path(), Series::cells, {});
  EXPECT_FALSE(there("cells.pvd"));
}

TEST_F(FrameSeriesTest, CutBackRemovesLaterFramesAndUnfinishedFiles) {
  for (const char* name :
       {"tissue.vti", "tissue.vti.partial", "cells_000000024.vtp", "cells_000000048.vtp",
        "cells_000000072.vtp", "fields_000000048.pvti", "fields_000000048_p0000.vti",
        "fields_000000072.pvti", "fields_000000072_p0000.vti", "fields_000000072_p0001.vti",
        "cells_000000024.vtp.partial", "cells.pvd.partial", "notes.txt"}) {
    touch(name);
  }
  cut_back_frames(directory_.path(), 48);
  for (const char* name : {"tissue.vti", "cells_000000024.vtp", "cells_000000048.vtp",
                           "fields_000000048.pvti", "fields_000000048_p0000.vti", "notes.txt"}) {
    EXPECT_TRUE(there(name)) << name;
  }
  for (const char* name :
       {"cells_000000072.vtp", "fields_000000072.pvti", "fields_000000072_p0000.vti",
        "fields_000000072_p0001.vti", "cells_000000024.vtp.partial", "tissue.vti.partial",
        "cells.pvd.partial"}) {
    EXPECT_FALSE(there(name)) << name;
  }
  EXPECT_EQ(read_pvd(directory_.path() / "cells.pvd"),
            (std::map<std::string, std::string>{{"1", "cells_000000024.vtp"},
                                                {"2", "cells_000000048.vtp"}}));
  EXPECT_EQ(read_pvd(directory_.path() / "fields.pvd"),
            (std::map<std::string, std::string>{{"2", "fields_000000048.pvti"}}));
  EXPECT_EQ(read_pvd(directory_.path() / "tissue.pvd").size(), 1U);
}

TEST_F(FrameSeriesTest, CutBackOfAMissingDirectoryCreatesNothing) {
  cut_back_frames(directory_.path() / "absent", 0);
  EXPECT_FALSE(there("absent"));
}

TEST_F(FrameSeriesTest, OtherShapesOfAFrameGo) {
  for (const char* name : {"tissue.vti", "tissue.pvti", "tissue_p0000.vti", "tissue_p0001.vti",
                           "tissue_p0002.vti", "niches.vtp"}) {
    touch(name);
  }
  remove_other_shapes(directory_.path(), Series::tissue, 0, 2);
  EXPECT_FALSE(there("tissue.vti"));
  EXPECT_FALSE(there("tissue_p0002.vti"));
  for (const char* name : {"tissue.pvti", "tissue_p0000.vti", "tissue_p0001.vti", "niches.vtp"}) {
    EXPECT_TRUE(there(name)) << name;
  }
}

}  // namespace
}  // namespace marrow::io
