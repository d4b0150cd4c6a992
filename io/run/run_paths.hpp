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
  /// Of a cohort (io/cohort/README.md), whose scenario() is the base scenario.
  [[nodiscard]] std::filesystem::path cohort() const { return root / "cohort.yaml"; }
  [[nodiscard]] std::filesystem::path manifest() const { return root / "manifest.json"; }
  [[nodiscard]] std::filesystem::path records() const { return root / "records"; }
  [[nodiscard]] std::filesystem::path patient_series() const { return root / "series"; }
  [[nodiscard]] std::filesystem::path table_csv() const { return root / "cohort.csv"; }
  [[nodiscard]] std::filesystem::path table_h5() const { return root / "cohort.h5"; }
  [[nodiscard]] std::filesystem::path lock() const { return root / "LOCK"; }
  /// Files a user creates to steer a running run.
  [[nodiscard]] std::filesystem::path stop_request() const { return root / "STOP"; }
  [[nodiscard]] std::filesystem::path checkpoint_request() const { return root / "CHECKPOINT"; }
};

}  // namespace marrow::io
