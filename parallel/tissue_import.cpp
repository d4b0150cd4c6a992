// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/tissue_import.hpp"

#include <algorithm>
#include <string>

namespace marrow::parallel {
namespace {

constexpr std::size_t max_message_bytes = std::size_t{1} << 30;
constexpr int image_tag = 17;

std::string text(const Index3& e) {
  return std::to_string(e.x) + " x " + std::to_string(e.y) + " x " + std::to_string(e.z);
}

void check_image(const ImportedTissue& image, const Lattice& lattice) {
  if (image.extent != lattice.extent ||
      image.kind.size() != static_cast<std::size_t>(volume(lattice.extent))) {
    throw Failure(ExitCode::scenario, "tissue.image: the image has " + text(image.extent) +
                                          " voxels (" + std::to_string(image.kind.size()) +
                                          " values), domain.size is " + text(lattice.extent) +
                                          "; set domain.size to the image's extent");
  }
  const auto bad = std::find_if(image.kind.begin(), image.kind.end(), [](std::uint8_t kind) {
    return kind > static_cast<std::uint8_t>(TissueKind::arteriole);
  });
  if (bad != image.kind.end()) {
    throw Failure(ExitCode::scenario,
                  "tissue.image: voxel " +
                      text(lattice.position(static_cast<SiteIndex>(bad - image.kind.begin()))) +
                      " holds tissue number " + std::to_string(*bad) +
                      "; only marrow, bone, sinusoid and arteriole can be imported");
  }
}

/// The image's voxels in a box, wrapped where the box reaches beyond the lattice.
std::vector<std::uint8_t> cut(const ImportedTissue& image, const Box& box) {
  const auto inside = [](std::int64_t v, std::int64_t n) { return ((v % n) + n) % n; };
  std::vector<std::uint8_t> out;
  out.reserve(static_cast<std::size_t>(box.volume()));
  for (std::int64_t z = box.lo.z; z < box.hi.z; ++z) {
    for (std::int64_t y = box.lo.y; y < box.hi.y; ++y) {
      const std::int64_t row =
          image.extent.x * (inside(y, image.extent.y) + image.extent.y * inside(z, image.extent.z));
      for (std::int64_t x = box.lo.x; x < box.hi.x; ++x) {
        out.push_back(image.kind[static_cast<std::size_t>(row + inside(x, image.extent.x))]);
      }
    }
  }
  return out;
}

/// Calls part(offset, count) for pieces of at most 1 GiB.
template <class Part>
void in_messages(std::size_t bytes, Part&& part) {
  for (std::size_t done = 0; done < bytes; done += max_message_bytes) {
    part(done, static_cast<int>(std::min(max_message_bytes, bytes - done)));
  }
}

}  // namespace

bool distribute_image(const Communicator& comm, const Lattice& lattice,
                      const ImportedTissue* imported, TissueBox& tissue) {
  comm.agree([&] {
    if (comm.is_root()) check_image(*imported, lattice);
  });
  const std::vector<Box> boxes = comm.all_gather(std::span<const Box>(&tissue.box, 1));
  if (comm.is_root()) {
    for (int rank = 1; rank < comm.size(); ++rank) {
      const std::vector<std::uint8_t> bytes = cut(*imported, boxes[static_cast<std::size_t>(rank)]);
      in_messages(bytes.size(), [&](std::size_t at, int count) {
        MPI_Send(bytes.data() + at, count, MPI_BYTE, rank, image_tag, comm.handle());
      });
    }
    tissue.kind = cut(*imported, tissue.box);
  } else {
    tissue.kind.resize(static_cast<std::size_t>(tissue.box.volume()));
    in_messages(tissue.kind.size(), [&](std::size_t at, int count) {
      MPI_Recv(tissue.kind.data() + at, count, MPI_BYTE, 0, image_tag, comm.handle(),
               MPI_STATUS_IGNORE);
    });
  }
  return comm.sum(comm.is_root() && imported->has_vessels ? std::int64_t{1} : std::int64_t{0}) > 0;
}

}  // namespace marrow::parallel
