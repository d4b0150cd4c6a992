// SPDX-License-Identifier: BSD-3-Clause
// Catches what VTK and the libraries inside it would print while one of their readers or writers
// works, so that it becomes part of a Failure and never reaches the terminal. One at a time per
// process.
#pragma once

#include <memory>
#include <string>

namespace marrow::io {

class VtkMessages {
 public:
  VtkMessages();
  ~VtkMessages();
  VtkMessages(const VtkMessages&) = delete;
  VtkMessages& operator=(const VtkMessages&) = delete;

  /// Whether VTK reported an error (warnings do not count).
  [[nodiscard]] bool failed() const;
  /// The first error or, failing that, whatever else was said: one line, without VTK's source
  /// positions.
  [[nodiscard]] std::string text() const;

 private:
  struct Capture;
  std::unique_ptr<Capture> capture_;
};

}  // namespace marrow::io
