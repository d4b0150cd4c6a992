// SPDX-License-Identifier: BSD-3-Clause
// Writing checkpoints, reading them on any number of ranks, and surviving every kind of damage.
#include "io/checkpoint/checkpoint.hpp"

#include "core/observe/digest.hpp"
#include "io/checkpoint/hdf5.hpp"
#include "io/file/files.hpp"
#include "tests/mpi/checkpoint_damage.hpp"
#include "tests/mpi/checkpoint_example.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;
using parallel::Communicator;
using test::offset_of;
using test::overwrite_byte;
using testing::HasSubstr;

const SeriesMark series{1234, "0123456789abcdef"};

/// The first `ranks` ranks as a communicator of their own; nothing on the others.
std::unique_ptr<Communicator> first_ranks(const Communicator& world, int ranks) {
  MPI_Comm part = MPI_COMM_NULL;
  MPI_Comm_split(world.handle(), world.rank() < ranks ? 0 : 1, world.rank(), &part);
  auto comm = std::make_unique<Communicator>(part);
  MPI_Comm_free(&part);
  return world.rank() < ranks ? std::move(comm) : nullptr;
}

WriteResult write_step(const Communicator& comm, const fs::path& run, std::int64_t step) {
  WriteOptions options;
  options.transfers.bytes_per_writer = 1;  // however little it is, all ranks take part
  return write_checkpoint(comm, run, test::example_content(step, comm.rank(), comm.size()), series,
                          options);
}

ModelState loaded_state(const Communicator& comm, const LoadedCheckpoint& loaded) {
  return import_fields(columns_for(comm, loaded, [&](const FieldSpec& spec, std::uint64_t index) {
    return test::example_owner(spec, index, comm.size());
  }));
}

std::vector<std::string> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Checkpoint : public testing::Test {
 protected:
  // Does `work` on one rank while the others wait for it.
  void on_root(const std::function<void()>& work) const {
    if (comm.is_root()) work();
    comm.barrier();
  }
  [[nodiscard]] std::string rejection_after(
      const std::function<void(const fs::path&)>& damage) const {
    EXPECT_TRUE(write_step(comm, run, 100).ok);
    EXPECT_TRUE(write_step(comm, run, 200).ok);
    const fs::path newest = checkpoints_of(run) / "step_000000200";
    on_root([&] { damage(newest); });
    const SearchResult found = load_newest(comm, run);
    EXPECT_TRUE(found.checkpoint.has_value());
    if (found.checkpoint) {
      EXPECT_EQ(found.checkpoint->manifest.step, 100);
      EXPECT_TRUE(loaded_state(comm, *found.checkpoint) ==
                  test::example_state(100, comm.rank(), comm.size()));
    }
    EXPECT_EQ(found.rejected.size(), 1u);
    if (found.rejected.size() != 1) return "not rejected";
    EXPECT_EQ(found.rejected[0].directory, newest);
    return found.rejected[0].reason;
  }

  Communicator comm{MPI_COMM_WORLD};
  test::TemporaryDirectory scratch{comm};
  fs::path run = scratch / "run";
};

TEST_F(Checkpoint, LayoutIsThePromisedOne) {
  const WriteResult result = write_step(comm, run, 12000);
  ASSERT_TRUE(result.ok) << result.message;
  EXPECT_TRUE(result.warnings.empty());
  EXPECT_EQ(result.directory, run / "checkpoints" / "step_000012000");
  EXPECT_EQ(result.bytes, fs::file_size(result.directory / "state.h5"));
  EXPECT_THAT(names_in(run / "checkpoints"), testing::ElementsAre("LATEST", "step_000012000"));
  EXPECT_THAT(names_in(result.directory), testing::ElementsAre("manifest.json", "state.h5"));
  EXPECT_EQ(read_file(run / "checkpoints" / "LATEST"), "step_000012000\n");
  EXPECT_FALSE(hdf5_poisoned());
}

TEST_F(Checkpoint, DigestIsThatOfTheState) {
  const auto columns = export_fields(test::example_state(100, comm.rank(), comm.size()));
  const std::uint64_t expected = comm.sum(digest_of(columns, comm.is_root()));
  const WriteResult result = write_step(comm, run, 100);
  EXPECT_EQ(result.digest, expected);
  EXPECT_EQ(read_manifest(result.directory).digest, expected);
}

TEST_F(Checkpoint, EverythingComesBack) {
  ASSERT_TRUE(write_step(comm, run, 100).ok);
  const SearchResult found = load_newest(comm, run);
  ASSERT_TRUE(found.checkpoint.has_value());
  EXPECT_TRUE(found.rejected.empty());
  const LoadedCheckpoint& loaded = *found.checkpoint;
  const CheckpointContent content = test::example_content(100, comm.rank(), comm.size());
  EXPECT_TRUE(loaded_state(comm, loaded) == test::example_state(100, comm.rank(), comm.size()));
  EXPECT_EQ(loaded.scenario_text, content.scenario_text);
  EXPECT_EQ(loaded.scenario_effective, content.scenario_effective);
  EXPECT_EQ(loaded.provenance_json, content.provenance_json);
  EXPECT_EQ(loaded.niche_sites, content.niche_sites);
  EXPECT_EQ(loaded.manifest.lattice.extent, content.lattice.extent);
  EXPECT_EQ(loaded.manifest.tissue.hash, content.tissue_hash);
  EXPECT_EQ(loaded.manifest.scenario_fingerprint, content.scenario_fingerprint);
  EXPECT_TRUE(loaded.manifest.series == series);
}

TEST_F(Checkpoint, EmptyTextsAndEmptyColumnsComeBack) {
  CheckpointContent content = test::example_content(100, comm.rank(), comm.size());
  ModelState state = test::example_state(100, comm.rank(), comm.size());
  state.tcells.clear();
  state.niches.clear();
  state.clones.clear();
  content.columns = export_fields(state);
  content.scenario_text.clear();
  content.provenance_json.clear();
  content.scenario_name.clear();
  content.niche_sites.clear();
  ASSERT_TRUE(write_checkpoint(comm, run, content, {}, {}).ok);
  const LoadedCheckpoint loaded = load_checkpoint(comm, run);
  EXPECT_TRUE(loaded_state(comm, loaded) == state);
  EXPECT_EQ(loaded.scenario_text, "");
  EXPECT_EQ(loaded.provenance_json, "");
  EXPECT_TRUE(loaded.niche_sites.empty());
}

// Written by p ranks and read by q, for all p and q that the job allows: the same bytes, the same
// state.
TEST_F(Checkpoint, NothingDependsOnTheNumberOfRanks) {
  for (int writers = 1; writers <= comm.size(); ++writers) {
    const auto part = first_ranks(comm, writers);
    const fs::path directory = scratch / ("run" + std::to_string(writers));
    if (part) {
      EXPECT_TRUE(write_step(*part, directory, 100).ok);
    }
    // The time of day must not be in the files either; HDF5 counts it in seconds.
    if (writers == 1) std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    comm.barrier();
  }
  const auto bytes_of = [&](int writers, const char* name) {
    return read_file(scratch / ("run" + std::to_string(writers)) / "checkpoints" /
                     "step_000000100" / name);
  };
  for (int writers = 1; writers <= comm.size(); ++writers) {
    EXPECT_GT(bytes_of(writers, "state.h5").value_or("").size(), 60000u);
    EXPECT_TRUE(bytes_of(writers, "manifest.json") == bytes_of(1, "manifest.json")) << writers;
    EXPECT_TRUE(bytes_of(writers, "state.h5") == bytes_of(1, "state.h5")) << writers;
  }
  for (int readers = 1; readers <= comm.size(); ++readers) {
    const auto part = first_ranks(comm, readers);
    for (int writers = 1; part && writers <= comm.size(); ++writers) {
      const auto found = load_newest(*part, scratch / ("run" + std::to_string(writers)));
      EXPECT_TRUE(found.checkpoint.has_value());
      EXPECT_TRUE(found.checkpoint && loaded_state(*part, *found.checkpoint) ==
                                          test::example_state(100, part->rank(), part->size()))
          << writers << " wrote, " << readers << " read";
    }
    comm.barrier();
  }
}

TEST_F(Checkpoint, ImportedTissueIsStoredOnceAndReadInAnyBox) {
  CheckpointContent content = test::example_content(100, comm.rank(), comm.size());
  content.dense_tissue = test::example_tissue(comm.rank(), comm.size());
  ASSERT_TRUE(write_checkpoint(comm, run, content, series, {}).ok);
  const LoadedCheckpoint loaded = load_checkpoint(comm, run);
  EXPECT_TRUE(loaded.manifest.tissue.dense);
  const TissueBox whole = test::example_tissue(0, 1);
  const Box box{{3, 5, 2}, {39, 30 + comm.rank(), 23}};
  const TissueBox part = read_dense_tissue(loaded, box);
  ASSERT_EQ(part.kind.size(), static_cast<std::size_t>(box.volume()));
  bool same = true;
  for (std::int64_t z = box.lo.z; z < box.hi.z; ++z) {
    for (std::int64_t y = box.lo.y; y < box.hi.y; ++y) {
      for (std::int64_t x = box.lo.x; x < box.hi.x; ++x) {
        same = same && part.at({x, y, z}) == whole.at({x, y, z});
      }
    }
  }
  EXPECT_TRUE(same);
  EXPECT_THROW(read_dense_tissue(loaded, {{0, 0, 0}, {41, 1, 1}}), Failure);
}

TEST_F(Checkpoint, DamagedTissueIsFound) {
  CheckpointContent content = test::example_content(100, comm.rank(), comm.size());
  content.dense_tissue = test::example_tissue(comm.rank(), comm.size());
  const WriteResult result = write_checkpoint(comm, run, content, series, {});
  const fs::path state = result.directory / "state.h5";
  on_root([&] { overwrite_byte(state, offset_of(state, "/tissue/kind") + 12345); });
  const SearchResult found = load_newest(comm, run);
  EXPECT_FALSE(found.checkpoint.has_value());
  ASSERT_EQ(found.rejected.size(), 1u);
  EXPECT_THAT(found.rejected[0].reason, HasSubstr("/tissue/kind is damaged"));
}

TEST_F(Checkpoint, TruncatedStateFallsBackToTheOlderOne) {
  EXPECT_THAT(rejection_after([](const fs::path& directory) {
                fs::resize_file(directory / "state.h5", fs::file_size(directory / "state.h5") - 1);
              }),
              testing::AllOf(HasSubstr("state.h5"), HasSubstr("truncated")));
}

TEST_F(Checkpoint, FlippedByteNamesTheField) {
  for (const char* field : {"tcells/record", "niches/record", "patient/hemoglobin",
                            "clones/growth_per_h", "counters/mutations"}) {
    const std::string dataset = std::string("/state/") + field;
    EXPECT_THAT(rejection_after([&](const fs::path& directory) {
                  const fs::path state = directory / "state.h5";
                  overwrite_byte(state, offset_of(state, dataset.c_str()));
                }),
                HasSubstr(std::string("field '") + field + "' is damaged"));
  }
}

TEST_F(Checkpoint, FlippedByteIsPlaced) {
  const auto flipped = [&](const char* dataset, std::uint64_t entry) {
    return rejection_after([&](const fs::path& directory) {
      const fs::path state = directory / "state.h5";
      overwrite_byte(state, offset_of(state, dataset) + 8 * entry);
    });
  };
  EXPECT_THAT(flipped("/state/tcells/record", 0),
              HasSubstr("field 'tcells/record' is damaged in z 0 to 1: its digest is"));
  EXPECT_THAT(flipped("/state/niches/record", 699),
              HasSubstr("field 'niches/record' is damaged in niche 657 to 699: its digest is"));
}

TEST_F(Checkpoint, FlippedByteOfAnIndexOrATextIsFound) {
  const auto flipped = [&](const char* dataset) {
    return rejection_after([&](const fs::path& directory) {
      const fs::path state = directory / "state.h5";
      overwrite_byte(state, offset_of(state, dataset) + 1);
    });
  };
  EXPECT_THAT(flipped("/state/tcells/record.site"), HasSubstr("'tcells/record' is damaged"));
  EXPECT_THAT(flipped("/state/blocks/hematopoiesis.block"),
              HasSubstr("'blocks/hematopoiesis' is damaged"));
  EXPECT_THAT(flipped("/scenario/effective"), HasSubstr("/scenario/effective is damaged"));
  EXPECT_THAT(flipped("/tissue/niche_site"), HasSubstr("/tissue/niche_site is damaged"));
}

// HDF5 interprets these bytes and might hang on damaged ones: it must not see them.
TEST_F(Checkpoint, DamagedMetadataIsFoundBeforeHdf5SeesIt) {
  for (const std::uint64_t offset : {40u, 500u}) {
    EXPECT_THAT(rejection_after([&](const fs::path& directory) {
                  overwrite_byte(directory / "state.h5", offset);
                }),
                HasSubstr("metadata of this HDF5 file is damaged"));
  }
}

// Whatever byte is hit, the file is refused or means the same: never silently another state.
TEST_F(Checkpoint, NoFlippedByteOfTheFileIsMistakenForAState) {
  const WriteResult written = write_step(comm, run, 100);
  const fs::path state = written.directory / "state.h5";
  int rejected = 0;
  constexpr int places = 120;
  for (int place = 0; place < places; ++place) {
    const std::uint64_t offset = place < 40
                                     ? static_cast<std::uint64_t>(place) * 7
                                     : mix64(static_cast<std::uint64_t>(place)) % written.bytes;
    on_root([&] { overwrite_byte(state, offset); });
    const SearchResult found = load_newest(comm, run);
    if (found.checkpoint) {
      EXPECT_TRUE(loaded_state(comm, *found.checkpoint) ==
                  test::example_state(100, comm.rank(), comm.size()))
          << offset;
    } else {
      ++rejected;
    }
    on_root([&] { overwrite_byte(state, offset); });
  }
  EXPECT_GT(rejected, places / 2);
}

TEST_F(Checkpoint, DamagedManifestsAreRefused) {
  const auto with_manifest = [&](const std::function<std::string(std::string)>& change) {
    return rejection_after([&](const fs::path& directory) {
      const std::string now = *read_file(directory / "manifest.json");
      std::ofstream(directory / "manifest.json", std::ios::binary) << change(now);
    });
  };
  const auto replaced = [](std::string text, const std::string& what, const std::string& by) {
    return text.replace(text.find(what), what.size(), by);
  };
  EXPECT_THAT(with_manifest([](auto) { return ""; }), HasSubstr("is empty"));
  EXPECT_THAT(with_manifest([](auto text) { return text.substr(0, text.size() / 2); }),
              HasSubstr("not valid JSON"));
  EXPECT_THAT(with_manifest([](auto) { return "[1, 2]"; }), HasSubstr("names no format"));
  EXPECT_THAT(with_manifest([&](auto text) { return replaced(text, "\"step\"", "\"stop\""); }),
              HasSubstr("'step' not found"));
  EXPECT_THAT(with_manifest([&](auto text) { return replaced(text, "1234", "1235"); }),
              HasSubstr("fingerprint does not match"));
  EXPECT_THAT(
      with_manifest([&](auto text) { return replaced(text, "\"format\": 2", "\"format\": 4"); }),
      HasSubstr("written by marrow 0.1.0 (format 4); this program reads 2"));
}

TEST_F(Checkpoint, MissingPartsAreNamed) {
  EXPECT_THAT(
      rejection_after([](const auto& directory) { fs::remove(directory / "manifest.json"); }),
      HasSubstr("manifest.json is missing"));
  EXPECT_THAT(rejection_after([](const auto& directory) { fs::remove(directory / "state.h5"); }),
              HasSubstr("state.h5"));
}

TEST_F(Checkpoint, ForeignFileOfTheRightSizeIsRefused) {
  EXPECT_THAT(rejection_after([](const fs::path& directory) {
                const auto size = fs::file_size(directory / "state.h5");
                std::ofstream(directory / "state.h5") << std::string(size, 'x');
              }),
              HasSubstr("not an HDF5 file"));
}

TEST_F(Checkpoint, NoneUsableListsEveryReason) {
  ASSERT_TRUE(write_step(comm, run, 100).ok);
  ASSERT_TRUE(write_step(comm, run, 200).ok);
  on_root([&] {
    fs::resize_file(checkpoints_of(run) / "step_000000100" / "state.h5", 10);
    fs::remove(checkpoints_of(run) / "step_000000200" / "manifest.json");
  });
  const SearchResult found = load_newest(comm, run);
  EXPECT_FALSE(found.checkpoint.has_value());
  EXPECT_EQ(found.rejected.size(), 2u);
  try {
    load_checkpoint(comm, run);
    ADD_FAILURE() << "accepted";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::no_usable_checkpoint);
    EXPECT_THAT(failure.what(), testing::AllOf(HasSubstr("step_000000100"), HasSubstr("truncated"),
                                               HasSubstr("step_000000200"), HasSubstr("missing")));
  }
}

TEST_F(Checkpoint, NewRunHasNone) {
  const SearchResult found = load_newest(comm, scratch / "nowhere");
  EXPECT_FALSE(found.checkpoint.has_value());
  EXPECT_TRUE(found.rejected.empty());
  EXPECT_FALSE(fs::exists(scratch / "nowhere"));
}

TEST_F(Checkpoint, ASingleOneLoadsByDirectoryAndByFile) {
  const WriteResult result = write_step(comm, run, 100);
  EXPECT_EQ(load_checkpoint(comm, result.directory).manifest.step, 100);
  EXPECT_EQ(load_checkpoint(comm, result.directory / "state.h5").manifest.step, 100);
}

}  // namespace
}  // namespace marrow::io
