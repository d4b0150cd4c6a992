// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/redistribute.hpp"

#include "core/model/checked_int.hpp"

#include <mpi.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace marrow::io {
namespace {

struct Entry {
  std::uint64_t index;
  std::uint64_t value;
};

/// Places an index in the order of all entries; `weight` entries of its rank stand behind it.
struct Sample {
  std::uint64_t index;
  std::uint64_t weight;
};

constexpr std::uint64_t samples_per_rank = 64;

std::vector<int> as_counts(std::span<const std::uint64_t> counts) {
  std::vector<int> narrow;
  std::uint64_t total = 0;
  for (const std::uint64_t count : counts) {
    total += count;
    static_cast<void>(checked_int(total, "entries of one field"));
    narrow.push_back(checked_int(count, "entries of one field"));
  }
  return narrow;
}

std::vector<int> starts_of(const std::vector<int>& counts) {
  std::vector<int> starts(counts.size());
  std::exclusive_scan(counts.begin(), counts.end(), starts.begin(), 0);
  return starts;
}

// `ordered` lies in order of destination; `counts` says how many go to each rank.
std::vector<Entry> exchange(const parallel::Communicator& comm, const std::vector<Entry>& ordered,
                            const std::vector<std::uint64_t>& counts) {
  std::vector<std::uint64_t> arriving(counts.size());
  MPI_Alltoall(counts.data(), 1, MPI_UINT64_T, arriving.data(), 1, MPI_UINT64_T, comm.handle());
  std::vector<int> out, in;
  std::vector<Entry> received;
  comm.agree([&] {
    out = as_counts(counts);
    in = as_counts(arriving);
    received.resize(std::accumulate(arriving.begin(), arriving.end(), std::uint64_t{0}));
  });
  MPI_Datatype pair = MPI_DATATYPE_NULL;
  MPI_Type_contiguous(2, MPI_UINT64_T, &pair);
  MPI_Type_commit(&pair);
  const auto out_starts = starts_of(out), in_starts = starts_of(in);
  MPI_Alltoallv(ordered.data(), out.data(), out_starts.data(), pair, received.data(), in.data(),
                in_starts.data(), pair, comm.handle());
  MPI_Type_free(&pair);
  return received;
}

// Sorts what arrived and gives it back as a column.
FieldColumn sorted_column(const FieldSpec& spec, std::vector<Entry> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.index < b.index; });
  FieldColumn column{&spec, {}, {}};
  column.index.reserve(entries.size());
  column.value.reserve(entries.size());
  for (const Entry& entry : entries) {
    if (!column.index.empty() && column.index.back() == entry.index) {
      throw Failure(ExitCode::model_health, "field '" + std::string(spec.path) +
                                                "' has two entries for " + std::string(spec.index) +
                                                " " + std::to_string(entry.index) +
                                                ": two ranks claim it");
    }
    column.index.push_back(entry.index);
    column.value.push_back(entry.value);
  }
  return column;
}

std::vector<Sample> regular_samples(const FieldColumn& mine) {
  const std::uint64_t count = mine.index.size();
  const std::uint64_t wanted = std::min(count, samples_per_rank);
  std::vector<Sample> samples;
  for (std::uint64_t s = 0; s < wanted; ++s) {
    const std::uint64_t from = s * count / wanted;
    samples.push_back({mine.index[from], (s + 1) * count / wanted - from});
  }
  return samples;
}

// Part w > 0 starts at splitters[w-1], chosen so that all parts get nearly the same number. How
// well they are chosen changes who writes an entry, never what is written.
std::vector<std::uint64_t> splitters(const parallel::Communicator& comm, const FieldColumn& mine,
                                     int parts) {
  const auto local = regular_samples(mine);
  auto samples = comm.all_gather(std::span<const Sample>(local));
  std::sort(samples.begin(), samples.end(),
            [](const Sample& a, const Sample& b) { return a.index < b.index; });
  std::uint64_t total = 0;
  for (const Sample& sample : samples) total += sample.weight;
  std::vector<std::uint64_t> starts;
  std::uint64_t before = 0;
  for (const Sample& sample : samples) {
    while (static_cast<int>(starts.size()) + 1 < parts &&
           before >= equal_share(total, static_cast<int>(starts.size()) + 1, parts).first) {
      starts.push_back(sample.index);
    }
    before += sample.weight;
  }
  starts.resize(static_cast<std::size_t>(parts - 1), std::numeric_limits<std::uint64_t>::max());
  return starts;
}

}  // namespace

Share equal_share(std::uint64_t total, int rank, int ranks) {
  const auto cut = [&](int r) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>(Wide{total} * static_cast<unsigned>(r) /
                                      static_cast<unsigned>(ranks));
  };
  return {cut(rank), cut(rank + 1)};
}

Writers::Writers(std::uint64_t bytes, std::uint64_t bytes_per_writer, int all_ranks)
    : ranks(all_ranks) {
  const std::uint64_t wanted = bytes / std::max<std::uint64_t>(bytes_per_writer, 1);
  count = static_cast<int>(std::clamp<std::uint64_t>(wanted, 1, static_cast<unsigned>(ranks)));
}

int Writers::rank_of(int writer) const {
  return static_cast<int>(std::int64_t{writer} * ranks / count);
}

Slice sorted_slice(const parallel::Communicator& comm, const FieldColumn& mine,
                   std::uint64_t bytes_per_writer) {
  std::vector<Entry> ordered;
  comm.agree([&] {
    for (std::size_t i = 0; i < mine.index.size(); ++i) {
      if (i > 0 && mine.index[i] <= mine.index[i - 1]) {
        throw Failure(ExitCode::model_health,
                      "field '" + std::string(mine.spec->path) + "' is not sorted by index");
      }
      ordered.push_back({mine.index[i], mine.value[i]});
    }
  });
  std::vector<std::uint64_t> counts(static_cast<std::size_t>(comm.size()));
  const Writers writers(comm.sum(std::uint64_t{mine.index.size()}) * sizeof(std::uint64_t),
                        bytes_per_writer, comm.size());
  auto from = mine.index.begin();
  int writer = 0;
  const auto give_until = [&](auto to) {
    counts[static_cast<std::size_t>(writers.rank_of(writer++))] =
        static_cast<std::uint64_t>(to - from);
    from = to;
  };
  for (const std::uint64_t start : splitters(comm, mine, writers.count)) {
    give_until(std::lower_bound(from, mine.index.end(), start));
  }
  give_until(mine.index.end());
  auto received = exchange(comm, ordered, counts);
  Slice slice;
  comm.agree([&] { slice.column = sorted_column(*mine.spec, std::move(received)); });
  const std::uint64_t length = slice.column.index.size();
  MPI_Exscan(&length, &slice.offset, 1, MPI_UINT64_T, MPI_SUM, comm.handle());
  if (comm.is_root()) slice.offset = 0;
  slice.total = comm.sum(length);
  return slice;
}

FieldColumn to_owners(const parallel::Communicator& comm, const FieldColumn& mine,
                      const OwnerOf& owner) {
  const auto ranks = static_cast<std::size_t>(comm.size());
  std::vector<std::uint64_t> counts(ranks), next(ranks);
  std::vector<Entry> ordered;
  comm.agree([&] {
    std::vector<std::uint32_t> target(mine.index.size());
    for (std::size_t i = 0; i < target.size(); ++i) {
      const int rank = owner(*mine.spec, mine.index[i]);
      if (rank < 0 || rank >= comm.size()) {
        throw Failure(ExitCode::no_usable_checkpoint,
                      "field '" + std::string(mine.spec->path) + "' has an entry for " +
                          std::string(mine.spec->index) + " " + std::to_string(mine.index[i]) +
                          ", which lies outside the lattice");
      }
      target[i] = static_cast<std::uint32_t>(rank);
      ++counts[target[i]];
    }
    std::exclusive_scan(counts.begin(), counts.end(), next.begin(), std::uint64_t{0});
    ordered.resize(target.size());
    for (std::size_t i = 0; i < target.size(); ++i) {
      ordered[next[target[i]]++] = {mine.index[i], mine.value[i]};
    }
  });
  auto received = exchange(comm, ordered, counts);
  FieldColumn column;
  comm.agree([&] { column = sorted_column(*mine.spec, std::move(received)); });
  return column;
}

}  // namespace marrow::io
