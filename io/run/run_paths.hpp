// SPDX-License-Identifier: BSD-3-Clause
// The names of everything in a run directory, in one place. Knows no contents and touches no disk.
#pragma once

#include <filesystem>

namespace marrow::io {

struct RunPaths {
  explicit RunPaths(std::filesystem::path directory) : root(std::move(directory)) {}

  std::filesystem::path root;

  [[nodiscard]] std::filesystem::path scenario() const { return root / "scenario.yaml"; }
  [[nodiscard]] std::filesystem::path effective_scenario() const {
    return root / "scenario.effective.yaml";
  }
  [[nodiscard]] std::filesystem::path provenance() const { return root / "provenance.json"; }
  [[nodiscard]] std::filesystem::path log() const { return root / "log.txt"; }
  [[nodiscard]] std::filesystem::path status() const { return root / "status.json"; }
  [[nodiscard]] std::filesystem::path series() const { return root / "series.csv"; }
  [[nodiscard]] std::filesystem::path events() const { return root / "events.csv"; }
  [[nodiscard]] std::filesystem::path phylogeny() const { return root / "phylogeny.nwk"; }
  [[nodiscard]] std::filesystem::path frames() const { return root / "frames"; }
  [[nodiscard]] std::filesystem::path checkpoints() const { return root / "checkpoints"; }
  [[nodiscard]] std::filesystem::path report() const { return root / "report.html"; }
  [[nodiscard]] std::filesystem::path lock() const { return root / "LOCK"; }
  /// Files a user creates to steer a running run.
  [[nodiscard]] std::filesystem::path stop_request() const { return root / "STOP"; }
  [[nodiscard]] std::filesystem::path checkpoint_request() const { return root / "CHECKPOINT"; }
};

}  // namespace marrow::io
