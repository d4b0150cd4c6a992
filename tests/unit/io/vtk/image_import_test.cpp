// SPDX-License-Identifier: BSD-3-Clause
// Images that are read: every format, type and unit, with the voxels where they belong.
#include "io/vtk/image_import.hpp"

#include "core/model/failure.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/io/vtk/image_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace marrow::io {
namespace {

using testing::Contains;
using testing::HasSubstr;

const Lattice lattice{image_extent, false, 10.0};

ImageParameters with_labels(const std::string& file) {
  ImageParameters parameters;
  parameters.file = file;
  parameters.labels = {{0, "marrow"}, {1, "bone"}, {2, "sinusoid"}, {3, "arteriole"}};
  return parameters;
}

ImageParameters with_threshold(const std::string& file, double threshold) {
  ImageParameters parameters;
  parameters.file = file;
  parameters.bone_threshold = threshold;
  return parameters;
}

class ImageImportTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path at(const std::string& name) const {
    return directory_.path() / name;
  }
  [[nodiscard]] ImageImport read(const ImageParameters& parameters) const {
    return read_image_tissue(parameters, directory_.path(), lattice);
  }
  /// Reads with labels and expects every voxel in its place, and silence on the terminal.
  void expect_labels(const std::string& name, const std::string& note) const {
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    ImageImport import;
    std::string failure;
    try {
      import = read(with_labels(name));
    } catch (const Failure& thrown) {
      failure = thrown.what();
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << name;
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "") << name;
    EXPECT_EQ(failure, "");
    EXPECT_EQ(import.tissue.extent, image_extent);
    EXPECT_EQ(import.tissue.kind, labels_of(image_extent)) << name;
    EXPECT_TRUE(import.tissue.has_vessels);
    EXPECT_THAT(import.notes, Contains(HasSubstr(note))) << name;
  }
  test::TemporaryDirectory directory_;
};

TEST(ImageLabels, HaveNoSymmetryThatHidesAnError) {
  const std::vector<std::uint8_t> labels = labels_of(image_extent);
  const Box box{{0, 0, 0}, image_extent};
  const auto differing = [&](auto other) {
    int count = 0;
    for (std::int64_t i = 0; i < volume(image_extent); ++i) {
      const Lattice all{image_extent};
      const Index3 p = all.position(static_cast<SiteIndex>(i));
      const auto at = static_cast<std::size_t>(offset_in(box, other(p)));
      count += labels[static_cast<std::size_t>(i)] != labels[at] ? 1 : 0;
    }
    return count;
  };
  EXPECT_GT(differing([](const Index3& p) { return Index3{11 - p.x, p.y, p.z}; }), 200);
  EXPECT_GT(differing([](const Index3& p) { return Index3{p.x, 6 - p.y, p.z}; }), 200);
  EXPECT_GT(differing([](const Index3& p) { return Index3{p.x, p.y, 4 - p.z}; }), 200);
  EXPECT_GT(differing([](const Index3& p) { return Index3{p.x, p.y, 0}; }), 200);
}

TEST_F(ImageImportTest, VtiWithPointData) {
  write_vti(at("a.vti"), image_of(values_of<std::uint8_t>(image_extent), image_extent, 10.0));
  expect_labels("a.vti", "was taken as um");
}

TEST_F(ImageImportTest, VtiWithCellData) {
  write_vti(at("a.vti"),
            image_of(values_of<std::int32_t>(image_extent), image_extent, 0.01, Held::cells));
  expect_labels("a.vti", "was taken as mm");
}

TEST_F(ImageImportTest, VtiWithBothTakesTheOneOfTheRightSize) {
  const auto image =
      image_of(values_of<std::uint8_t>(image_extent), image_extent, 10.0, Held::cells);
  vtkNew<vtkAOSDataArrayTemplate<float>> at_points;
  at_points->SetName("distance");
  at_points->SetNumberOfTuples(image->GetNumberOfPoints());
  at_points->FillValue(9.0F);
  image->GetPointData()->SetScalars(at_points);
  write_vti(at("a.vti"), image);
  expect_labels("a.vti", "um");
}

TEST_F(ImageImportTest, VtiInEveryEncoding) {
  for (const int mode : {vtkXMLWriter::Ascii, vtkXMLWriter::Binary, vtkXMLWriter::Appended}) {
    for (const bool encoded : {false, true}) {
      for (const bool compressed : {false, true}) {
        for (const int header : {vtkXMLWriter::UInt32, vtkXMLWriter::UInt64}) {
          vtkNew<vtkXMLImageDataWriter> writer;
          writer->SetFileName(at("a.vti").c_str());
          writer->SetInputData(image_of(values_of<std::int16_t>(image_extent), image_extent, 10.0));
          writer->SetDataMode(mode);
          writer->SetEncodeAppendedData(encoded);
          writer->SetHeaderType(header);
          writer->SetBlockSize(128);  // several blocks, the last one partial
          if (!compressed) writer->SetCompressorTypeToNone();
          writer->SetByteOrder(header == vtkXMLWriter::UInt32 ? vtkXMLWriter::BigEndian
                                                              : vtkXMLWriter::LittleEndian);
          ASSERT_EQ(writer->Write(), 1);
          expect_labels("a.vti", "um");
        }
      }
    }
  }
}

TEST_F(ImageImportTest, MetaImageInOneFile) {
  write_meta_image(at("a.mha"), image_of(values_of<std::int16_t>(image_extent), image_extent, 0.01),
                   false);
  expect_labels("a.mha", "mm");
}

TEST_F(ImageImportTest, MetaImageCompressed) {
  write_meta_image(at("a.mha"), image_of(values_of<std::uint8_t>(image_extent), image_extent, 10.0),
                   true);
  ASSERT_THAT(contents(at("a.mha")), HasSubstr("CompressedData = True"));
  expect_labels("a.mha", "um");
}

TEST_F(ImageImportTest, MetaImageWithItsDataBeside) {
  vtkNew<vtkMetaImageWriter> writer;
  writer->SetFileName(at("a.mhd").c_str());
  writer->SetRAWFileName(at("a.raw").c_str());
  writer->SetCompression(false);
  writer->SetInputData(image_of(values_of<std::uint16_t>(image_extent), image_extent, 10.0));
  writer->Write();
  ASSERT_TRUE(std::filesystem::exists(at("a.raw")));
  expect_labels("a.mhd", "um");
}

TEST_F(ImageImportTest, MetaImageOfTheOtherByteOrder) {
  std::string bytes;
  for (const std::uint8_t label : labels_of(image_extent))
    bytes += {'\0', static_cast<char>(label)};
  put(at("a.mha"),
      "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = True\n"
      "DimSize = 12 7 5\nElementSpacing = 10 10 10\nElementType = MET_USHORT\n"
      "ElementDataFile = LOCAL\n" +
          bytes);
  expect_labels("a.mha", "um");
}

TEST_F(ImageImportTest, NrrdRaw) {
  put(at("a.nrrd"),
      nrrd_header("uint8", "spacings: 10 10 10\n\n") + raw_bytes(labels_of(image_extent)));
  expect_labels("a.nrrd", "was taken as um");
}

TEST_F(ImageImportTest, NrrdGzipReadsEverySlice) {
  put(at("a.nrrd"), nrrd_header("uint8", "spacings: 10 10 10\n\n", "gzip") +
                        gzip_stored(raw_bytes(labels_of(image_extent))));
  expect_labels("a.nrrd", "um");
}

TEST_F(ImageImportTest, NrrdWithItsDataBesideAndUnits) {
  put(at("a.nhdr"), nrrd_header("float",
                                "space: left-posterior-superior\n"
                                "space directions: (0.01,0,0) (0,0.01,0) (0,0,0.01)\n"
                                "space units: \"mm\" \"mm\" \"mm\"\ndata file: a.raw\n"));
  put(at("a.raw"), raw_bytes(values_of<float>(image_extent)));
  expect_labels("a.nhdr", "0.01 mm fits");
}

TEST_F(ImageImportTest, NrrdIsNotFlippedByItsSpace) {
  put(at("a.nrrd"), nrrd_header("uint8",
                                "space: left-anterior-superior\n"
                                "space directions: (10,0,0) (0,10,0) (0,0,10)\n\n") +
                        raw_bytes(labels_of(image_extent)));
  expect_labels("a.nrrd", "um");
}

TEST_F(ImageImportTest, NrrdWithoutSpacingIsNotChecked) {
  put(at("a.nrrd"), nrrd_header("uint8", "\n") + raw_bytes(labels_of(image_extent)));
  expect_labels("a.nrrd", "not checked");
}

TEST_F(ImageImportTest, TiffStacksOfEveryCompression) {
  for (const int compression : {vtkTIFFWriter::NoCompression, vtkTIFFWriter::PackBits,
                                vtkTIFFWriter::Deflate, vtkTIFFWriter::LZW}) {
    // A fresh image each time: libtiff's predictor changes what it is given.
    write_tiff(at("a.tif"), image_of(values_of<std::uint8_t>(image_extent), image_extent, 3.0),
               compression);
    if (compression == vtkTIFFWriter::Deflate) {  // VTK writes the old number of the same codec
      put(at("a.tif"), replaced(contents(at("a.tif")), short_tag(259, 32946), short_tag(259, 8)));
    }
    expect_labels("a.tif", "not checked");
  }
}

TEST_F(ImageImportTest, TiffIsNotFlippedByItsOrientation) {
  write_tiff(at("a.tif"), image_of(values_of<std::uint8_t>(image_extent), image_extent, 3.0),
             vtkTIFFWriter::NoCompression);
  put(at("a.tif"), replaced(contents(at("a.tif")), short_tag(274, 1), short_tag(274, 4)));
  expect_labels("a.tif", "not checked");
}

TEST_F(ImageImportTest, BigTiff) {
  put(at("a.tif"), big_tiff(labels_of(image_extent), image_extent));
  expect_labels("a.tif", "not checked");
}

TEST_F(ImageImportTest, TiffStackOf16Bits) {
  write_tiff(at("a.tiff"), image_of(values_of<std::uint16_t>(image_extent), image_extent, 1.0),
             vtkTIFFWriter::NoCompression);
  expect_labels("a.tiff", "not checked");
}

TEST_F(ImageImportTest, TiffStackOfFloats) {
  write_tiff(at("a.tiff"), image_of(values_of<float>(image_extent), image_extent, 1.0),
             vtkTIFFWriter::NoCompression);
  expect_labels("a.tiff", "not checked");
}

template <class T>
class ImageTypes : public ImageImportTest {};
using AllTypes =
    testing::Types<char, signed char, unsigned char, short, unsigned short, int, unsigned, long,
                   unsigned long, long long, unsigned long long, float, double>;
TYPED_TEST_SUITE(ImageTypes, AllTypes);

TYPED_TEST(ImageTypes, AreReadFromVti) {
  write_vti(this->at("a.vti"), image_of(values_of<TypeParam>(image_extent), image_extent, 10.0));
  this->expect_labels("a.vti", "um");
}

TYPED_TEST(ImageTypes, AreComparedWithTheThreshold) {
  write_vti(this->at("a.vti"),
            image_of(values_of<TypeParam>(image_extent, 30, 7), image_extent, 10.0));
  const ImageImport import = this->read(with_threshold("a.vti", 67.0));  // labels 2 and 3
  EXPECT_FALSE(import.tissue.has_vessels);
  const std::vector<std::uint8_t> labels = labels_of(image_extent);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    ASSERT_EQ(import.tissue.kind[i], labels[i] >= 2 ? 1 : 0) << i;
  }
}

TEST_F(ImageImportTest, NegativeGreyValues) {
  write_meta_image(at("a.mha"),
                   image_of(values_of<std::int16_t>(image_extent, 500, -1000), image_extent, 10.0),
                   false);
  const ImageImport import = read(with_threshold("a.mha", -500.0));
  const std::vector<std::uint8_t> labels = labels_of(image_extent);
  for (std::size_t i = 0; i < labels.size(); ++i) ASSERT_EQ(import.tissue.kind[i], labels[i] >= 1);
}

TEST_F(ImageImportTest, NegativeAndLargeLabels) {
  write_vti(at("a.vti"),
            image_of(values_of<std::int64_t>(image_extent, 1000000000000, -1000000000000),
                     image_extent, 10.0));
  ImageParameters parameters = with_labels("a.vti");
  parameters.labels = {
      {-1000000000000, "marrow"}, {0, "bone"}, {1000000000000, "bone"}, {2000000000000, "marrow"}};
  const ImageImport import = read(parameters);
  EXPECT_FALSE(import.tissue.has_vessels);
  const std::vector<std::uint8_t> labels = labels_of(image_extent);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    ASSERT_EQ(import.tissue.kind[i], labels[i] == 1 || labels[i] == 2 ? 1 : 0);
  }
}

TEST_F(ImageImportTest, SpacingWithinTheTolerance) {
  write_vti(at("a.vti"), image_of(values_of<std::uint8_t>(image_extent), image_extent, 10.09));
  expect_labels("a.vti", "10.09");
}

TEST_F(ImageImportTest, AbsoluteNameAndEndingInCapitals) {
  write_vti(at("a.VTI"), image_of(values_of<std::uint8_t>(image_extent), image_extent, 10.0));
  const ImageImport import =
      read_image_tissue(with_labels(at("a.VTI").string()), "/nonexistent", lattice);
  EXPECT_EQ(import.tissue.kind, labels_of(image_extent));
}

}  // namespace
}  // namespace marrow::io
