// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/messages.hpp"

#include "core/model/failure.hpp"
#include "io/run/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace marrow::io {
namespace {

// A log that cannot be written must not eat the memory of the run.
constexpr std::size_t largest_pending_log_bytes = std::size_t{1} << 20;
constexpr std::string_view erase_line = "\r\x1b[K";

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

int columns_of(int file) {
  winsize size{};
  if (::ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

std::string_view label_of(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "";
    case Severity::warning:
      return "warning: ";
    case Severity::error:
      break;
  }
  return "error: ";
}

std::string coloured(Severity severity, std::string_view label) {
  if (severity == Severity::info) return std::string(label);
  const int colour = severity == Severity::warning ? 33 : 31;  // ANSI yellow and red
  return fmt::format("\x1b[1;{}m{}\x1b[0m", colour, label);
}

}  // namespace

Terminal describe_terminal(int file) {
  Terminal terminal;
  const char* type = std::getenv("TERM");
  const bool capable = type != nullptr && *type != '\0' && std::string_view(type) != "dumb";
  if (::isatty(file) == 1 && capable) {
    terminal.kind = TerminalKind::live;
    terminal.colour = is_set("NO_COLOR") ? Colour::never : Colour::allowed;
  }
  terminal.columns = [file] { return columns_of(file); };
  // Under mpirun a rank's stderr is a pipe; the script that sees the terminal tells its width.
  if (const char* width = std::getenv("MARROW_TERMINAL");
      width != nullptr && std::atoi(width) > 0) {
    const int columns = std::atoi(width);
    terminal.kind = TerminalKind::live;
    terminal.columns = [columns] { return columns; };
  }
  return terminal;
}

Messages::Messages(Terminal terminal, Sink sink, const Clock& clock)
    : terminal_(std::move(terminal)), sink_(std::move(sink)), clock_(&clock) {}

Messages Messages::silent(const Clock& clock) { return {Terminal{}, Sink{}, clock}; }

Messages::Sink Messages::standard_error() {
  // A closed terminal or pipe is no reason to end a run: failures to print are ignored.
  return [](std::string_view text) { static_cast<void>(write_on(STDERR_FILENO, text)); };
}

Messages::~Messages() {
  erase_live_line();
  flush_log();
}

void Messages::say(Severity severity, std::string_view text) {
  if (!sink_) return;
  const std::scoped_lock guard(mutex_);
  erase_live_line();
  const std::string_view label = label_of(severity);
  const bool colour = terminal_.colour == Colour::allowed;
  sink_(fmt::format("{}{}\n", colour ? coloured(severity, label) : std::string(label), text));
  write_log(fmt::format("{}{}", label, text));
}

void Messages::attach_log(const std::filesystem::path& file, std::function<bool()> may_write) {
  if (!sink_) return;
  const std::scoped_lock guard(mutex_);
  log_ = open_file(file, O_WRONLY | O_CREAT | O_APPEND);
  if (!log_.is_open()) {
    throw Failure(ExitCode::files,
                  fmt::format("'{}' cannot be opened: {}", file.string(), explain_errno(errno)));
  }
  may_write_log_ = std::move(may_write);
  flush_log();
}

void Messages::log_only(std::string_view text) {
  if (!sink_) return;
  const std::scoped_lock guard(mutex_);
  write_log(text);
}

void Messages::show_live_line(std::string_view text) {
  if (!sink_ || terminal_.kind != TerminalKind::live) return;
  const std::scoped_lock guard(mutex_);
  // One column stays free: writing into the last one makes some terminals wrap.
  sink_(fmt::format("{}{}", erase_line, cut_to_columns(text, terminal_.columns() - 1)));
  live_line_shown_ = true;
}

void Messages::clear_live_line() {
  const std::scoped_lock guard(mutex_);
  erase_live_line();
}

void Messages::erase_live_line() {
  if (!live_line_shown_) return;
  sink_(erase_line);
  live_line_shown_ = false;
}

void Messages::write_log(std::string_view text) {
  const std::string stamp = local_text(clock_->wall_s());
  while (true) {
    const std::size_t end = text.find('\n');
    log_pending_ += fmt::format("{}  {}\n", stamp, text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  flush_log();
}

void Messages::flush_log() {
  if (log_.is_open() && !log_pending_.empty() && (!may_write_log_ || may_write_log_())) {
    const WriteOutcome outcome = write_on(log_.number(), log_pending_);
    log_pending_.erase(0, outcome.written_bytes);
  }
  while (log_pending_.size() > largest_pending_log_bytes) {
    log_pending_.erase(0, log_pending_.find('\n') + 1);
    ++log_lines_lost_;
  }
}

std::string cut_to_columns(std::string_view text, int columns) {
  int used = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins_character = (static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U;
    if (begins_character && ++used > columns) return std::string(text.substr(0, i));
  }
  return std::string(text);
}

}  // namespace marrow::io
