// SPDX-License-Identifier: BSD-3-Clause
// The import of tissue images on any bytes: the first of them decide which of the four formats the
// input is offered as. The lattice is that of the seeds.
#include "core/model/failure.hpp"
#include "core/tissue/tissue_kind.hpp"
#include "io/vtk/image_import.hpp"
#include "tests/fuzz/support.hpp"

#include <string>

namespace {

using namespace marrow;
using fuzz::promise;

std::string ending_of(std::string_view bytes) {
  if (bytes.starts_with("NRRD")) return ".nrrd";
  if (bytes.starts_with("II") || bytes.starts_with("MM")) return ".tif";
  if (bytes.starts_with("<")) return ".vti";
  return ".mha";
}

void import(const std::filesystem::path& path, const ImageParameters& meaning) {
  const Lattice lattice{{12, 7, 5}, false, 10.0};
  ImageParameters parameters = meaning;
  parameters.file = path.filename().string();
  try {
    const io::ImageImport result = io::read_image_tissue(parameters, path.parent_path(), lattice);
    promise(result.tissue.kind.size() == 420, "every voxel has a kind");
    for (const std::uint8_t kind : result.tissue.kind) {
      promise(kind <= static_cast<std::uint8_t>(TissueKind::arteriole),
              "every kind is one of four");
    }
  } catch (const Failure& failure) {
    promise(failure.code() == ExitCode::files || failure.code() == ExitCode::scenario,
            "exit code 3 or 4");
    promise(!std::string(failure.what()).empty(), "a refusal says why");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const fuzz::Scratch scratch;
  const std::string_view input = fuzz::text_of(bytes, size);
  const auto path = scratch.put("image" + ending_of(input), input);
  ImageParameters threshold;
  threshold.bone_threshold = 2.0;
  import(path, threshold);
  ImageParameters labels;
  labels.labels = {{0, "marrow"}, {1, "bone"}, {2, "sinusoid"}, {3, "arteriole"}};
  import(path, labels);
  return 0;
}
