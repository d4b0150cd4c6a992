// SPDX-License-Identifier: BSD-3-Clause
// The marrow of a checkpoint, ready to be cut: read by one process without MPI. Procedural tissue
// is made again where it is needed, imported tissue read from the checkpoint.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/parameters.hpp"
#include "core/observe/biopsy_counts.hpp"
#include "core/observe/section_cells.hpp"
#include "core/observe/section_tissue.hpp"
#include "core/random/draws.hpp"
#include "parallel/communicator.hpp"
#include "parallel/simulation.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace marrow::tool {

enum class TissueUse { one_core, many_cores };  // many: the tissue is kept when it fits

class BiopsySource {
 public:
  /// `path`: a run directory (its newest good checkpoint), a checkpoint or a state.h5. Throws
  /// Failure: files, no_usable_checkpoint.
  explicit BiopsySource(const std::filesystem::path& path);
  /// The marrow of a simulation of procedural tissue as it is now, whole on every rank. Collective.
  BiopsySource(const parallel::Communicator& comm, const parallel::Simulation& simulation);

  /// Before the first section: makes tissue available.
  void prepare(TissueUse use);

  [[nodiscard]] const Parameters& parameters() const { return parameters_; }
  [[nodiscard]] const Lattice& lattice() const { return lattice_; }
  [[nodiscard]] const std::filesystem::path& checkpoint() const { return checkpoint_; }
  /// Where results go unless told: the run directory, or the checkpoint's own folder's parent.
  [[nodiscard]] const std::filesystem::path& home() const { return home_; }
  [[nodiscard]] double day() const { return static_cast<double>(state_.step) / 24.0; }
  /// Nothing while the patient lives.
  [[nodiscard]] std::optional<double> death_day() const;
  [[nodiscard]] std::vector<std::string> clone_names() const;
  [[nodiscard]] std::int64_t niche_count() const { return std::ssize(niches_); }

  [[nodiscard]] SectionTissue section(const Pass& pass) const;
  [[nodiscard]] std::vector<SectionCell> agents(const SectionTissue& tissue,
                                                double thickness_um) const;
  [[nodiscard]] std::vector<SectionCell> scenery(const SectionTissue& tissue,
                                                 double thickness_um) const;
  [[nodiscard]] CoreStemCells core_stem_cells(std::span<const Pass> passes) const;

 private:
  void read(const std::filesystem::path& state_file);
  void lay_out();
  void add_drawn_tcells(const Pass& pass, double reach_um, std::vector<MarrowAgent>& agents) const;
  [[nodiscard]] double attack() const;

  std::filesystem::path checkpoint_, state_file_, home_;
  Parameters parameters_;
  Lattice lattice_;
  ModelState state_;
  NicheTable niches_;
  std::vector<MarrowAgent> agents_;  // but T cells that are counted by block
  std::unique_ptr<FatShare> fat_share_;
  TissueSupply supply_;
};

}  // namespace marrow::tool
