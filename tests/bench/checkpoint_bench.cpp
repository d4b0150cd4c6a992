// SPDX-License-Identifier: BSD-3-Clause
// How fast a checkpoint of a large state is written and verified, beside the raw sequential write
// and fsync of as many bytes on the same disk in the same run, in turn:
//
//   mpirun -n 2 bench_checkpoint DIRECTORY [GIB] [ROUNDS]
//
// The state is that of an imported tissue, which is stored voxel by voxel, with T cells in it.
// Everything written is removed again.
#include "core/random/mix.hpp"
#include "io/checkpoint/checkpoint.hpp"
#include "parallel/decomposition.hpp"
#include "parallel/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace marrow {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr double mib = 1024.0 * 1024.0;

double seconds_since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

Lattice lattice_of_gib(double gib) {
  constexpr std::int64_t edge = 1280;
  const auto planes = static_cast<std::int64_t>(gib * 1024 * mib / (edge * edge)) / 16 + 1;
  return {{edge, edge, 16 * planes}, false, 10.0};
}

/// One rank's part: every voxel of any kind, a T cell in one of 500 voxels.
io::CheckpointContent content_of(const Lattice& lattice, const Box& own) {
  io::CheckpointContent content;
  content.lattice = lattice;
  content.code_version = "bench";
  content.tissue_generator = "image";
  TissueBox tissue{own, std::vector<std::uint8_t>(static_cast<std::size_t>(own.volume()))};
  ModelState state;
  std::size_t at = 0;
  for (std::int64_t z = own.lo.z; z < own.hi.z; ++z) {
    for (std::int64_t y = own.lo.y; y < own.hi.y; ++y) {
      for (std::int64_t x = own.lo.x; x < own.hi.x; ++x) {
        const SiteIndex site = lattice.site({x, y, z});
        const std::uint64_t bits = mix64(site + 1);
        tissue.kind[at++] = static_cast<std::uint8_t>(bits % 5);
        if (bits % 500 != 0) continue;
        state.tcells.push_back({site, CellRecord::make(CellState::effector, 0, bits >> 32 & 63)});
      }
    }
  }
  content.columns = export_fields(state);
  content.dense_tissue = std::move(tissue);
  // Once a run, as the run does.
  content.dense_digest = io::digest_of_dense_tissue(content);
  return content;
}

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "bench_checkpoint: {}\n", why);
  parallel::Session::abort(4);
}

/// Seconds to write and sync a file of `bytes` front to back, from one process.
double raw_write(const fs::path& path, std::uint64_t bytes) {
  std::vector<char> block(std::size_t{16} << 20);
  for (std::size_t i = 0; i < block.size(); ++i) block[i] = static_cast<char>(mix64(i));
  const auto began = Clock::now();
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (file < 0) give_up("cannot create " + path.string());
  for (std::uint64_t done = 0; done < bytes;) {
    const auto n = ::write(file, block.data(), std::min<std::uint64_t>(block.size(), bytes - done));
    if (n <= 0) give_up("cannot write " + path.string());
    done += static_cast<std::uint64_t>(n);
  }
  if (::fsync(file) != 0) give_up("cannot sync " + path.string());
  ::close(file);
  const double seconds = seconds_since(began);
  fs::remove(path);
  return seconds;
}

/// The share of a file that lies in the page cache.
double cached_share(const fs::path& path) {
  const std::size_t bytes = fs::file_size(path);
  const int file = ::open(path.c_str(), O_RDONLY);
  void* map = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file, 0);
  std::vector<unsigned char> resident((bytes + 4095) / 4096);
  if (map == MAP_FAILED || ::mincore(map, bytes, resident.data()) != 0) {
    give_up("cannot ask which pages of " + path.string() + " are in memory");
  }
  ::munmap(map, bytes);
  ::close(file);
  const auto in = std::ranges::count_if(resident, [](unsigned char page) { return page & 1; });
  return static_cast<double>(in) / static_cast<double>(resident.size());
}

void forget_cached(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY);
  if (::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0) give_up("posix_fadvise refused");
  ::close(file);
}

double processor_s() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

struct Timing {
  double total_s = 0.0;
  double processor_s = 0.0;  // of all ranks; on a busy machine the wall time is longer
  std::uint64_t bytes = 0;
  double cached = 0.0;  // share of the file in memory when the verification began to read it
  std::vector<std::pair<std::string, double>> phases;
};

/// Writes a checkpoint as a run does; `cold`: so that the verification has to read from the disk.
Timing write_once(const parallel::Communicator& comm, const fs::path& run,
                  io::CheckpointContent& content, bool cold) {
  ++content.step;
  const fs::path state =
      io::checkpoints_of(run) / (".partial-" + io::checkpoint_name(content.step)) / "state.h5";
  Timing timing;
  comm.barrier();
  const auto began = Clock::now();
  const double processor_before_s = processor_s();
  double last_s = 0.0, aside_s = 0.0;
  io::WriteOptions options;
  options.retention.keep_last = 1;
  options.at_point = [&](std::string_view point) {
    const double now_s = seconds_since(began) - aside_s;
    if (!point.starts_with("write:")) {
      timing.phases.emplace_back(point, now_s - last_s);
      last_s = now_s;
    }
    if (point != "closed") return;
    if (comm.is_root() && cold) forget_cached(state);
    if (comm.is_root()) timing.cached = cached_share(state);
    comm.barrier();
    aside_s = seconds_since(began) - now_s;
  };
  const io::WriteResult result = io::write_checkpoint(comm, run, content, {}, options);
  timing.total_s = seconds_since(began) - aside_s;
  const auto used_ms = static_cast<std::int64_t>(1000.0 * (processor_s() - processor_before_s));
  timing.processor_s = 1e-3 * static_cast<double>(comm.sum(used_ms));
  if (!result.ok) give_up(result.message);
  timing.bytes = result.bytes;
  return timing;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void print_phases(const Timing& timing) {
  fmt::print("    until:");
  for (const auto& [name, seconds] : timing.phases) fmt::print(" {} {:.2f} s,", name, seconds);
  fmt::print(" end\n");
}

void measure(const parallel::Communicator& comm, const fs::path& directory, double gib,
             int rounds) {
  const Lattice lattice = lattice_of_gib(gib);
  const parallel::Decomposition boxes(lattice, comm.size());
  io::CheckpointContent content = content_of(lattice, boxes.box(comm.rank()));
  std::vector<double> ratios[2];
  for (int round = 0; round < rounds; ++round) {
    for (const bool cold : {false, true}) {
      const fs::path run = directory / "bench_checkpoint_run";
      const Timing timing = write_once(comm, run, content, cold);
      comm.barrier();
      if (comm.is_root()) {
        fs::remove_all(run);
        const double before_s = processor_s();
        const double raw_s = raw_write(directory / "bench_checkpoint_raw", timing.bytes);
        const double raw_processor_s = processor_s() - before_s;
        const double megabytes = static_cast<double>(timing.bytes) / mib;
        ratios[cold].push_back(raw_s / timing.total_s);
        fmt::print(
            "{:.2f} GiB, {} ranks: checkpoint {:.2f} s ({:.0f} MiB/s), raw {:.2f} s ({:.0f} "
            "MiB/s), ratio {:.2f}; {:.0f} % of the file in memory when verification began\n"
            "    processor time: checkpoint {:.2f} s, raw {:.2f} s\n",
            megabytes / 1024, comm.size(), timing.total_s, megabytes / timing.total_s, raw_s,
            megabytes / raw_s, raw_s / timing.total_s, 100.0 * timing.cached, timing.processor_s,
            raw_processor_s);
        print_phases(timing);
      }
      comm.barrier();
    }
  }
  if (!comm.is_root()) return;
  fmt::print("median ratio to raw: {:.2f} verified from memory, {:.2f} verified from disk\n",
             median(ratios[0]), median(ratios[1]));
}

}  // namespace
}  // namespace marrow

int main(int argument_count, char** arguments) {
  if (argument_count < 2) {
    fmt::print(stderr, "bench_checkpoint DIRECTORY [GIB] [ROUNDS]\n");
    return 2;
  }
  const marrow::parallel::Session mpi(argument_count, arguments);
  const marrow::parallel::Communicator comm(MPI_COMM_WORLD);
  const double gib = argument_count > 2 ? std::atof(arguments[2]) : 2.0;
  const int rounds = argument_count > 3 ? std::max(1, std::atoi(arguments[3])) : 3;
  marrow::measure(comm, arguments[1], gib, rounds);
}
