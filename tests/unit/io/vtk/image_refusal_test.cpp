// SPDX-License-Identifier: BSD-3-Clause
// Images that are refused: with the right exit code, a message that helps, silence on the terminal,
// and never a crash, whatever the damage.
#include "core/model/failure.hpp"
#include "io/vtk/image_import.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/io/vtk/image_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace marrow::io {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ImageRefusal : public testing::Test {
 protected:
  ImageRefusal() {
    parameters_.labels = {{0, "marrow"}, {1, "bone"}, {2, "sinusoid"}, {3, "arteriole"}};
  }
  [[nodiscard]] std::filesystem::path at(const std::string& name) const {
    return directory_.path() / name;
  }
  /// "3: message", or "" if the image was accepted.
  std::string refusal(const std::string& name, const Index3& size = image_extent) {
    parameters_.file = name;
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    std::string said;
    try {
      read_image_tissue(parameters_, directory_.path(), {size, false, 10.0});
    } catch (const Failure& failure) {
      said = std::to_string(static_cast<int>(failure.code())) + ": " + failure.what();
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << name;
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "") << name;
    return said;
  }
  [[nodiscard]] static vtkSmartPointer<vtkImageData> good(double spacing = 10.0) {
    return image_of(values_of<std::uint8_t>(image_extent), image_extent, spacing);
  }
  /// One good file of each kind, uncompressed and compressed.
  void write_all() const {
    write_vti(at("a.vti"), good());
    vtkNew<vtkXMLImageDataWriter> writer;
    writer->SetInputData(good());
    writer->SetFileName(at("b.vti").c_str());
    writer->SetDataModeToBinary();
    writer->SetBlockSize(64);
    writer->Write();
    writer->SetFileName(at("c.vti").c_str());
    writer->SetDataModeToAppended();
    writer->EncodeAppendedDataOff();
    writer->SetCompressorTypeToNone();
    writer->Write();
    write_meta_image(at("a.mha"), good(), false);
    write_meta_image(at("z.mha"), good(), true);
    put(at("a.nrrd"),
        nrrd_header("uint8", "spacings: 10 10 10\n\n") + raw_bytes(labels_of(image_extent)));
    put(at("z.nrrd"), nrrd_header("uint8", "spacings: 10 10 10\n\n", "gzip") +
                          gzip_stored(raw_bytes(labels_of(image_extent))));
    write_tiff(at("a.tif"), good(), vtkTIFFWriter::NoCompression);
    write_tiff(at("z.tif"), good(), vtkTIFFWriter::LZW);
  }
  static constexpr std::array<const char*, 9> all = {"a.vti",  "b.vti",  "c.vti", "a.mha", "z.mha",
                                                     "a.nrrd", "z.nrrd", "a.tif", "z.tif"};
  ImageParameters parameters_;
  test::TemporaryDirectory directory_;
};

TEST_F(ImageRefusal, MissingFileAndDirectory) {
  EXPECT_THAT(refusal("absent.vti"),
              AllOf(HasSubstr("4: "), HasSubstr("absent.vti"), HasSubstr("does not exist")));
  for (const char* name : {"d.vti", "d.mha", "d.nrrd", "d.tif"}) {
    std::filesystem::create_directory(at(name));
    EXPECT_THAT(refusal(name), AllOf(HasSubstr("4: "), HasSubstr("directory"))) << name;
  }
  EXPECT_THAT(refusal(""), HasSubstr("3: "));
}

TEST_F(ImageRefusal, UnknownEnding) {
  put(at("a.png"), "x");
  EXPECT_THAT(refusal("a.png"), AllOf(HasSubstr("3: "), HasSubstr(".nrrd")));
}

TEST_F(ImageRefusal, AnotherFormatUnderAKnownName) {
  write_all();
  for (const char* name : {"x.vti", "x.mha", "x.nrrd", "x.tif"}) {
    for (const char* content : all) {
      const std::string ending = std::string(name).substr(1);
      if (std::string(content).ends_with(ending)) continue;
      put(at(name), contents(at(content)));
      EXPECT_THAT(refusal(name), HasSubstr("4: ")) << content << " as " << name;
    }
  }
}

TEST_F(ImageRefusal, WrongSizeAndOrderOfAxes) {
  write_all();
  for (const char* name : all) {
    EXPECT_THAT(refusal(name, {12, 7, 6}),
                AllOf(HasSubstr("3: "), HasSubstr("12 x 7 x 5"), HasSubstr("12 x 7 x 6")))
        << name;
    EXPECT_THAT(refusal(name, {5, 7, 12}), HasSubstr("another order")) << name;
  }
}

TEST_F(ImageRefusal, WrongSpacing) {
  write_vti(at("a.vti"), good(12.0));
  write_meta_image(at("a.mha"), good(0.0102), false);
  put(at("a.nrrd"),
      nrrd_header("uint8", "spacings: 10 10 11\n\n") + raw_bytes(labels_of(image_extent)));
  for (const char* name : {"a.vti", "a.mha", "a.nrrd"}) {
    EXPECT_THAT(refusal(name), AllOf(HasSubstr("3: "), HasSubstr("spacing"), HasSubstr("10 um")))
        << name;
  }
}

TEST_F(ImageRefusal, ADeclaredUnitIsBelieved) {
  const std::string values = raw_bytes(labels_of(image_extent));
  put(at("a.nrrd"),
      nrrd_header("uint8", "spacings: 10 10 10\nunits: \"mm\" \"mm\" \"mm\"\n\n") + values);
  EXPECT_THAT(refusal("a.nrrd"), AllOf(HasSubstr("3: "), HasSubstr("10 x 10 x 10 mm")));
  const std::string head =
      "NDims = 3\nDimSize = 12 7 5\nElementSpacing = 10 10 10\nElementType = MET_UCHAR\n";
  put(at("a.mha"), head + "DistanceUnits = mm\nElementDataFile = LOCAL\n" + values);
  EXPECT_THAT(refusal("a.mha"), AllOf(HasSubstr("3: "), HasSubstr("mm")));
  put(at("a.mha"), head + "DistanceUnits = um\nElementDataFile = LOCAL\n" + values);
  EXPECT_EQ(refusal("a.mha"), "");
}

TEST_F(ImageRefusal, LabelsWithoutAMeaningAreListedWithCounts) {
  std::vector<std::int32_t> values = values_of<std::int32_t>(image_extent);
  values[0] = 77;
  values[100] = values[101] = -5;
  write_vti(at("a.vti"), image_of(values, image_extent, 10.0));
  EXPECT_THAT(refusal("a.vti"), AllOf(HasSubstr("3: "), HasSubstr("-5 (2 voxels), 77 (1 voxels)"),
                                      HasSubstr("names 0, 1, 2, 3")));
}

TEST_F(ImageRefusal, AGreyImageWithALabelMapGivesAShortMessage) {
  std::vector<float> values(static_cast<std::size_t>(volume(image_extent)));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) + 0.5F;
  write_vti(at("a.vti"), image_of(values, image_extent, 10.0));
  const std::string said = refusal("a.vti");
  EXPECT_THAT(said, AllOf(HasSubstr("0.5 (1 voxels)"), HasSubstr("412 more values"),
                          HasSubstr("bone_threshold")));
  EXPECT_LT(said.size(), 800U);
}

TEST_F(ImageRefusal, NotANumber) {
  std::vector<double> values = values_of<double>(image_extent);
  values[5] = std::numeric_limits<double>::quiet_NaN();
  write_vti(at("a.vti"), image_of(values, image_extent, 10.0));
  EXPECT_THAT(refusal("a.vti"), AllOf(HasSubstr("3: "), HasSubstr("not a number (1 voxels)")));
  parameters_.labels.clear();
  parameters_.bone_threshold = 1.0;
  EXPECT_THAT(refusal("a.vti"),
              AllOf(HasSubstr("3: "), HasSubstr("1 of 420 voxels are not numbers")));
}

TEST_F(ImageRefusal, EverythingBone) {
  write_vti(at("a.vti"), good());
  parameters_.labels.clear();
  parameters_.bone_threshold = 0.0;
  EXPECT_THAT(refusal("a.vti"),
              AllOf(HasSubstr("3: "), HasSubstr("every voxel"), HasSubstr("from 0 to 3")));
}

TEST_F(ImageRefusal, ContradictoryParameters) {
  write_vti(at("a.vti"), good());
  const std::vector<ImageLabel> labels = parameters_.labels;
  parameters_.bone_threshold = 1.0;
  EXPECT_THAT(refusal("a.vti"), AllOf(HasSubstr("3: "), HasSubstr("exactly one")));
  parameters_.bone_threshold.reset();
  parameters_.labels.clear();
  EXPECT_THAT(refusal("a.vti"), HasSubstr("exactly one"));
  parameters_.labels = labels;
  parameters_.labels.push_back({1, "marrow"});
  EXPECT_THAT(refusal("a.vti"), HasSubstr("value 1 twice"));
  parameters_.labels = labels;
  parameters_.labels.push_back({9, "niche"});
  EXPECT_THAT(refusal("a.vti"), AllOf(HasSubstr("'niche'"), HasSubstr("arteriole")));
}

TEST_F(ImageRefusal, SeveralValuesPerVoxel) {
  const std::vector<std::uint8_t> rgb(static_cast<std::size_t>(volume(image_extent)) * 3, 1);
  const auto image = image_of(rgb, image_extent, 10.0, Held::points, 3);
  write_vti(at("a.vti"), image);
  write_meta_image(at("a.mha"), image, false);
  write_tiff(at("a.tif"), good(), vtkTIFFWriter::NoCompression);  // VTK writes no stacks of colours
  put(at("a.tif"), replaced(contents(at("a.tif")), short_tag(277, 1), short_tag(277, 3)));
  put(at("a.nrrd"),
      "NRRD0004\ntype: uint8\ndimension: 4\nsizes: 3 12 7 5\nencoding: raw\n\n" + raw_bytes(rgb));
  for (const char* name : {"a.vti", "a.mha", "a.tif", "a.nrrd"}) {
    EXPECT_THAT(refusal(name), AllOf(HasSubstr("4: "), HasSubstr("value"))) << name;
  }
}

TEST_F(ImageRefusal, SeveralArraysNoneOfThemActive) {
  const auto image = good();
  vtkNew<vtkAOSDataArrayTemplate<float>> more;
  more->SetName("other");
  more->SetNumberOfTuples(volume(image_extent));
  more->FillValue(0.0F);
  image->GetPointData()->AddArray(more);
  write_vti(at("a.vti"), image);
  EXPECT_EQ(refusal("a.vti"), "");  // the active one
  image->GetPointData()->SetActiveScalars(nullptr);
  write_vti(at("a.vti"), image);
  EXPECT_THAT(refusal("a.vti"), AllOf(HasSubstr("'grey'"), HasSubstr("'other'")));
}

TEST_F(ImageRefusal, HeadersThatVtkWouldMisread) {
  const std::string values = raw_bytes(labels_of(image_extent));
  const auto nrrd = [&](const std::string& from, const std::string& to) {
    std::string text = nrrd_header("uint8", "spacings: 10 10 10\n\n") + values;
    const auto place = text.find(from);
    put(at("a.nrrd"), text.replace(place, from.size(), to));
    return refusal("a.nrrd");
  };
  EXPECT_EQ(nrrd("raw", "raw"), "");
  EXPECT_THAT(nrrd("raw", "ascii"), HasSubstr("save it raw or gzip"));
  EXPECT_THAT(nrrd("sizes: 12 7 5", "sizes: 12 7"), HasSubstr("three positive numbers"));
  EXPECT_THAT(nrrd("sizes: 12 7 5\n", ""), HasSubstr("no 'sizes'"));
  EXPECT_THAT(nrrd("sizes: 12 7 5", "sizes: 12 7 99999999999"), HasSubstr("4: "));
  EXPECT_THAT(nrrd("dimension: 3", "dimension: -1"), HasSubstr("4: "));
  EXPECT_THAT(nrrd("dimension: 3\nsizes: 12 7 5", "sizes: 12 7 5\ndimension: 3"), HasSubstr("4: "));
  EXPECT_THAT(nrrd("uint8", "block"), HasSubstr("'block'"));
  EXPECT_THAT(nrrd("spacings: 10 10 10", "spacings: 0 10 10"), HasSubstr("spacings"));
  EXPECT_THAT(nrrd("spacings: 10 10 10", "byte skip: 7"), HasSubstr("byte skip"));
  EXPECT_THAT(nrrd("spacings: 10 10 10", "data file: s%03d.raw 1 5 0"), HasSubstr("several files"));
  EXPECT_THAT(nrrd("spacings: 10 10 10", "data file: absent.raw"), HasSubstr("absent.raw"));
  EXPECT_THAT(nrrd("spacings: 10 10 10", "sizes: 12 7 5"), HasSubstr("twice"));
  put(at("a.raw"), values);
  const std::string detached = nrrd_header("uint8", "spacings: 10 10 10\ndata file: a.raw");
  put(at("a.nhdr"), detached);
  EXPECT_THAT(refusal("a.nhdr"), HasSubstr("empty line"));  // VTK would read on for ever
  put(at("a.nhdr"), detached + "\n");
  EXPECT_EQ(refusal("a.nhdr"), "");
  const auto meta = [&](const std::string& more, const std::string& dims = "3") {
    put(at("a.mha"), "NDims = " + dims + "\nDimSize = 12 7 5\nElementSpacing = 10 10 10\n" + more +
                         "ElementDataFile = LOCAL\n" + values);
    return refusal("a.mha");
  };
  EXPECT_EQ(meta("ElementType = MET_UCHAR\n"), "");
  EXPECT_THAT(meta("ElementType = MET_LONG\n"), HasSubstr("MET_INT"));
  EXPECT_THAT(meta("ElementType = MET_UCHAR\n", "3000000"), HasSubstr("dimensions"));
  EXPECT_THAT(meta("ElementType = MET_UCHAR\nBinaryData = False\n"), HasSubstr("BinaryData"));
  EXPECT_THAT(meta("ElementType = MET_UCHAR\nComment = " + std::string(5000, 'x') + "\n"),
              HasSubstr("4: "));
}

TEST_F(ImageRefusal, TiffsThatVtkWouldMisread) {
  write_tiff(at("a.tif"), good(), vtkTIFFWriter::NoCompression);
  const std::string plain = contents(at("a.tif"));
  ASSERT_EQ(refusal("a.tif"), "");
  const auto with = [&](std::uint64_t tag, std::uint64_t from, std::uint64_t to) {
    put(at("a.tif"), replaced(plain, short_tag(tag, from), short_tag(tag, to)));
    return refusal("a.tif");
  };
  EXPECT_THAT(with(262, 1, 0), HasSubstr("white is zero"));
  EXPECT_THAT(with(262, 1, 3), HasSubstr("palette"));
  EXPECT_THAT(with(258, 8, 1), HasSubstr("1 bits"));
  EXPECT_THAT(with(259, 1, 7), HasSubstr("compression"));
  // Only the last page differs: VTK would read past its end.
  std::string uneven = plain;
  const std::string width = short_tag(256, 12);
  ASSERT_NE(uneven.rfind(width), std::string::npos);
  put(at("a.tif"), uneven.replace(uneven.rfind(width), width.size(), short_tag(256, 3)));
  EXPECT_THAT(refusal("a.tif"), HasSubstr("differs from the first"));
}

TEST_F(ImageRefusal, FilesCutShortAtEveryLength) {
  write_all();
  for (const char* name : all) {
    const std::string whole = contents(at(name));
    ASSERT_EQ(refusal(name), "") << name;
    // The last bytes of most formats are no voxels.
    const std::size_t tail = 40;
    const std::string cut = std::string("cut_") + name;
    for (std::size_t length = 0; length + tail < whole.size(); length += 19) {
      put(at(cut), whole.substr(0, length));
      EXPECT_THAT(refusal(cut), HasSubstr(": ")) << name << " cut to " << length;
    }
  }
}

/// Damage may go unseen (a flipped grey value), but it must end in a verdict, not in a crash.
TEST_F(ImageRefusal, DamagedFilesNeverCrash) {
  write_all();
  std::mt19937 random(20240611);
  for (const char* name : all) {
    const std::string whole = contents(at(name));
    const std::string damaged = std::string("bad_") + name;
    for (int round = 0; round < 60; ++round) {
      std::string bytes = whole;
      const std::size_t hits = 1 + random() % 4;
      for (std::size_t hit = 0; hit < hits; ++hit) {
        bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
      }
      put(at(damaged), bytes);
      const std::string said = refusal(damaged);
      EXPECT_THAT(said, Not(StartsWith("1: "))) << name;
    }
  }
}

}  // namespace
}  // namespace marrow::io
