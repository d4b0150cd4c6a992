// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/tissue_sealing.hpp"

#include "core/tissue/marrow_parts.hpp"

#include <algorithm>
#include <array>
#include <list>
#include <span>
#include <vector>

namespace marrow::parallel {
namespace {

using Words = std::vector<std::uint64_t>;

constexpr int sealing_tag = 18;
constexpr std::size_t most_words_per_message = std::size_t{1} << 27;

/// Calls visit(region, shift) wherever `own`, moved by a period of the lattice, meets `target`;
/// the region is in the target's coordinates.
template <class Visit>
void for_each_image(const Lattice& lattice, const Box& own, const Box& target, Visit&& visit) {
  if (own.empty() || target.empty()) return;
  const auto floor_divide = [](std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
  };
  const auto periods = [&](std::int64_t Index3::*axis) -> std::array<std::int64_t, 2> {
    if (!lattice.periodic) return {0, 0};
    const std::int64_t n = lattice.extent.*axis;
    return {floor_divide(target.lo.*axis - own.hi.*axis, n) + 1,
            floor_divide(target.hi.*axis - own.lo.*axis - 1, n)};
  };
  const auto px = periods(&Index3::x), py = periods(&Index3::y), pz = periods(&Index3::z);
  const Index3& n = lattice.extent;
  for (std::int64_t k = pz[0]; k <= pz[1]; ++k) {
    for (std::int64_t j = py[0]; j <= py[1]; ++j) {
      for (std::int64_t i = px[0]; i <= px[1]; ++i) {
        const Index3 shift{i * n.x, j * n.y, k * n.z};
        const Box region = intersection(own.shifted(shift), target);
        if (!region.empty()) visit(region, shift);
      }
    }
  }
}

/// Voxels that ranks hold copies of: the copies come from the owners.
class OwnersWords {
 public:
  /// `targets`: of all ranks in rank order, the same number for each.
  OwnersWords(const Communicator& comm, const Lattice& lattice, const Box& own,
              std::span<const Box> targets)
      : comm_(comm),
        lattice_(lattice),
        owns_(comm.all_gather(std::span<const Box>(&own, 1))),
        targets_(comm.all_gather(targets)),
        per_rank_(targets.size()) {}

  /// Collective. The owner packs pack(region of its box) into size(region) words, the holder takes
  /// them by unpack(number of the target, region of the target, words).
  template <class Size, class Pack, class Unpack>
  void fetch(Size&& size, Pack&& pack, Unpack&& unpack) const {
    struct Arrival {
      std::size_t target;
      Box region;
      Words words;
    };
    std::list<Arrival> arrivals;
    std::list<Words> departures;
    std::vector<MPI_Request> requests;
    const auto here = static_cast<std::size_t>(comm_.rank());
    for (std::size_t rank = 0; rank < owns_.size(); ++rank) {
      for_each_copy(rank, here, [&](std::size_t t, const Box& region, const Index3&) {
        Words& words = arrivals.emplace_back(Arrival{t, region, Words(size(region))}).words;
        in_messages(words, requests, [&](std::uint64_t* at, int count, MPI_Request* request) {
          MPI_Irecv(at, count, MPI_UINT64_T, static_cast<int>(rank), sealing_tag, comm_.handle(),
                    request);
        });
      });
    }
    for (std::size_t rank = 0; rank < owns_.size(); ++rank) {
      for_each_copy(here, rank, [&](std::size_t, const Box& region, const Index3& shift) {
        Words& words = departures.emplace_back(pack(region.shifted(Index3{} - shift)));
        in_messages(words, requests, [&](std::uint64_t* at, int count, MPI_Request* request) {
          MPI_Isend(at, count, MPI_UINT64_T, static_cast<int>(rank), sealing_tag, comm_.handle(),
                    request);
        });
      });
    }
    MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
    for (const Arrival& a : arrivals) unpack(a.target, a.region, a.words);
  }

 private:
  /// Owner and holder list the copies in the same order, which is that of their messages.
  template <class Visit>
  void for_each_copy(std::size_t owner, std::size_t holder, Visit&& visit) const {
    for (std::size_t t = 0; t < per_rank_; ++t) {
      for_each_image(lattice_, owns_[owner], targets_[holder * per_rank_ + t],
                     [&](const Box& region, const Index3& shift) {
                       if (owner == holder && shift == Index3{}) return;
                       visit(t, region, shift);
                     });
    }
  }

  template <class Start>
  static void in_messages(Words& words, std::vector<MPI_Request>& requests, Start&& start) {
    for (std::size_t at = 0; at < words.size(); at += most_words_per_message) {
      start(words.data() + at,
            static_cast<int>(std::min(most_words_per_message, words.size() - at)),
            &requests.emplace_back(MPI_REQUEST_NULL));
    }
  }

  const Communicator& comm_;
  const Lattice& lattice_;
  std::vector<Box> owns_;
  std::vector<Box> targets_;
  std::size_t per_rank_;
};

constexpr std::array<Index3, 3> upwards = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};

/// The layers that follow `own` upwards, one for each axis.
std::array<Box, 3> layers_above(const Box& own) {
  std::array<Box, 3> layers{};
  if (own.empty()) return layers;
  layers.fill(own);
  layers[0].lo.x = own.hi.x;
  layers[1].lo.y = own.hi.y;
  layers[2].lo.z = own.hi.z;
  for (std::size_t axis = 0; axis < 3; ++axis) layers[axis].hi = own.hi + upwards[axis];
  return layers;
}

/// Contacts of this rank's parts with those above them, of any rank or periodic image.
std::vector<PartContact> contacts_above(const Communicator& comm, const Lattice& lattice,
                                        const Box& own, const MarrowParts& parts) {
  std::vector<PartContact> contacts;
  OwnersWords(comm, lattice, own, layers_above(own))
      .fetch([](const Box& region) { return static_cast<std::size_t>(region.volume()); },
             [&](const Box& region) { return parts.names(region); },
             [&](std::size_t axis, const Box& region, const Words& above) {
               const auto below = parts.names(region.shifted(Index3{} - upwards[axis]));
               for (std::size_t i = 0; i < above.size(); ++i) {
                 if (above[i] == no_part || below[i] == no_part || above[i] == below[i]) continue;
                 const PartContact contact{below[i], above[i]};
                 if (contacts.empty() || contacts.back() != contact) contacts.push_back(contact);
               }
             });
  std::sort(contacts.begin(), contacts.end());
  contacts.erase(std::unique(contacts.begin(), contacts.end()), contacts.end());
  return contacts;
}

/// Calls use(offset in the kinds, number in the region).
template <class Use>
void for_each_voxel(const TissueBox& tissue, const Box& region, Use&& use) {
  std::size_t i = 0;
  for (std::int64_t z = region.lo.z; z < region.hi.z; ++z) {
    for (std::int64_t y = region.lo.y; y < region.hi.y; ++y) {
      auto at = static_cast<std::size_t>(offset_in(tissue.box, {region.lo.x, y, z}));
      for (std::int64_t x = region.lo.x; x < region.hi.x; ++x) use(at++, i++);
    }
  }
}

/// The owners' verdicts for the voxels around `own`, one bit each.
void seal_halo(const Communicator& comm, const Lattice& lattice, const Box& own,
               TissueBox& tissue) {
  constexpr auto sealed = static_cast<std::uint8_t>(TissueKind::sealed);
  const auto size = [](const Box& region) {
    return (static_cast<std::size_t>(region.volume()) + 63) / 64;
  };
  OwnersWords(comm, lattice, own, std::span<const Box>(&tissue.box, 1))
      .fetch(
          size,
          [&](const Box& region) {
            Words bits(size(region));
            for_each_voxel(tissue, region, [&](std::size_t at, std::size_t i) {
              bits[i / 64] |= std::uint64_t{tissue.kind[at] == sealed} << (i % 64);
            });
            return bits;
          },
          [&](std::size_t, const Box& region, const Words& bits) {
            for_each_voxel(tissue, region, [&](std::size_t at, std::size_t i) {
              if ((bits[i / 64] >> (i % 64) & 1) != 0) tissue.kind[at] = sealed;
            });
          });
}

}  // namespace

void seal_enclosed_marrow(const Communicator& comm, const Lattice& lattice, const Box& own,
                          TissueBox& tissue) {
  const MarrowParts parts(tissue, own, lattice);
  const std::vector<PartContact> contacts = contacts_above(comm, lattice, own, parts);
  const std::vector<MarrowPart> shared = parts.parts_to_share();
  const std::vector<SiteIndex> reached =
      largest_whole(comm.all_gather(std::span<const MarrowPart>(shared)),
                    comm.all_gather(std::span<const PartContact>(contacts)));
  if (comm.sum(parts.seal(reached, tissue)) > 0) seal_halo(comm, lattice, own, tissue);
}

}  // namespace marrow::parallel
