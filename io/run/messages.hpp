// SPDX-License-Identifier: BSD-3-Clause
// Messages to the user: on stderr, by rank 0 only, and with time stamps in log.txt. Keeps them
// apart from the live progress line. stdout is left to data. Knows neither progress nor the model.
#pragma once

#include "io/file/file_calls.hpp"
#include "io/run/clock.hpp"

#include <filesystem>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

/// `live`: a terminal on which one line can be rewritten. `plain`: a file, a pipe, a dumb terminal.
enum class TerminalKind { live, plain };
enum class Colour { never, allowed };

struct Terminal {
  TerminalKind kind = TerminalKind::plain;
  Colour colour = Colour::never;
  std::function<int()> columns = [] {
    return 80;
  };  // asked anew for each line: windows are resized
};

/// What the environment and the descriptor allow: TERM=dumb or empty makes a terminal plain;
/// NO_COLOR (https://no-color.org: present and not empty) removes colour.
[[nodiscard]] Terminal describe_terminal(int file);

enum class Severity { info, warning, error };

class Messages {
 public:
  using Sink = std::function<void(std::string_view)>;

  /// For rank 0. `sink` receives what goes to stderr.
  Messages(Terminal terminal, Sink sink, const Clock& clock);
  /// For all other ranks: prints and logs nothing.
  static Messages silent(const Clock& clock);
  /// stderr of this process.
  static Sink standard_error();

  ~Messages();
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;

  void info(std::string_view text) { say(Severity::info, text); }
  void warn(std::string_view text) { say(Severity::warning, text); }
  void error(std::string_view text) { say(Severity::error, text); }
  void say(Severity severity, std::string_view text);

  /// From here on lines also go to this file; those said before are written first. `may_write`, if
  /// given, is asked before each: what it refuses is only shown.
  void attach_log(const std::filesystem::path& file, std::function<bool()> may_write = {});

  /// A line for the log that the terminal shows in another form.
  void log_only(std::string_view text);

  /// Rewrites the live line, cut to the width of the terminal; only for live terminals.
  void show_live_line(std::string_view text);
  void clear_live_line();

  [[nodiscard]] const Terminal& terminal() const { return terminal_; }
  [[nodiscard]] std::int64_t log_lines_lost() const { return log_lines_lost_; }

 private:
  void write_log(std::string_view text);
  void flush_log();
  void erase_live_line();

  Terminal terminal_;
  Sink sink_;
  const Clock* clock_;
  std::mutex mutex_;  // a watchdog thread may speak too
  bool live_line_shown_ = false;
  FileDescriptor log_;
  std::function<bool()> may_write_log_;
  std::string log_pending_;
  std::int64_t log_lines_lost_ = 0;
};

/// `text` cut to that many columns; counts code points, so that no UTF-8 sequence is split.
[[nodiscard]] std::string cut_to_columns(std::string_view text, int columns);

}  // namespace marrow::io
