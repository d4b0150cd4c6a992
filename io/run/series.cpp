// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/series.hpp"

#include "core/model/failure.hpp"
#include "io/run/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace marrow::io {
namespace {

constexpr std::size_t largest_tail_bytes = std::size_t{1} << 20;
constexpr std::size_t read_piece_bytes = std::size_t{1} << 18;

/// One line of comma-separated values (RFC 4180 quoting). A line break inside a cell would make
/// lines and rows differ, which counting and cutting back rely on.
std::string csv_line(std::span<const std::string> cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (cell.find_first_of("\n\r") != std::string::npos) {
      throw Failure(ExitCode::internal_error, "a series cell holds a line break: '" + cell + "'");
    }
    if (!line.empty() || &cell != cells.data()) line += ',';
    if (cell.find_first_of(",\"") == std::string::npos) {
      line += cell;
      continue;
    }
    line += '"';
    for (const char character : cell) line += character == '"' ? "\"\"" : std::string(1, character);
    line += '"';
  }
  return line + '\n';
}

std::string comment_line(const std::string& comment) {
  if (comment.find_first_of("\n\r") != std::string::npos) {
    throw Failure(ExitCode::internal_error, "a series comment holds a line break: " + comment);
  }
  return (comment.starts_with('#') ? comment : "# " + comment) + '\n';
}

std::uint64_t file_size(int file) {
  struct stat found {};
  if (::fstat(file, &found) != 0) return 0;
  return static_cast<std::uint64_t>(found.st_size);
}

/// Calls `use` with pieces of the file from `begin` to `end`; errno, or -1 if the file is shorter.
template <class Use>
int read_range(int file, std::uint64_t begin, std::uint64_t end, const Use& use) {
  std::string piece(read_piece_bytes, '\0');
  while (begin < end) {
    const std::size_t want = std::min<std::uint64_t>(piece.size(), end - begin);
    const ssize_t got = ::pread(file, piece.data(), want, static_cast<off_t>(begin));
    if (got == 0) return -1;
    if (got < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    use(std::string_view(piece.data(), static_cast<std::size_t>(got)));
    begin += static_cast<std::uint64_t>(got);
  }
  return 0;
}

/// Hashes the beginning; why it is not the one that was recorded.
std::optional<std::string> problem_with(int file, const SeriesPosition& position,
                                        SeriesHash& hash) {
  const std::uint64_t size = file_size(file);
  if (size < position.length_bytes) {
    return fmt::format("it has {} bytes, but the checkpoint was made when it had {}", size,
                       position.length_bytes);
  }
  const int error =
      read_range(file, 0, position.length_bytes, [&](std::string_view bytes) { hash.add(bytes); });
  if (error > 0) return "it cannot be read: " + explain_errno(error);
  if (error < 0) return std::string("it became shorter while it was read");
  if (hash.value() != position.hash) {
    return fmt::format(
        "its first {} bytes were changed since the checkpoint was made (hash {:016x} "
        "instead of {:016x})",
        position.length_bytes, hash.value(), position.hash);
  }
  return std::nullopt;
}

[[noreturn]] void refuse_position(const std::filesystem::path& file, const std::string& problem) {
  throw Failure(
      ExitCode::no_usable_checkpoint,
      fmt::format("'{}' does not belong to the checkpoint: {}. Put the original file back, "
                  "continue from an older checkpoint, or start a new run directory from "
                  "this checkpoint with --branch; nothing was changed",
                  file.string(), problem));
}

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& what) {
  throw Failure(ExitCode::files, fmt::format("'{}' {}", file.string(), what));
}

/// Not open when there is no such file. One that is there and may not be opened is no matter of
/// checkpoints.
FileDescriptor open_existing(const std::filesystem::path& file, int flags) {
  FileDescriptor opened = open_file(file, flags);
  if (opened.is_open() || errno == ENOENT) return opened;
  fail(file, fmt::format("cannot be opened for {}: {}. Its rows are whole as far as is known: mend "
                         "that and resume again; nothing was changed",
                         flags == O_RDONLY ? "reading" : "writing", explain_errno(errno)));
}

/// The hash of the beginning, which must be the recorded one.
SeriesHash verified(int file, const std::filesystem::path& path, const SeriesPosition& position) {
  SeriesHash hash;
  if (const auto problem = problem_with(file, position, hash)) refuse_position(path, *problem);
  return hash;
}

/// Removes what follows the position, which has been verified.
SeriesCut truncate_to(int file, const std::filesystem::path& path, const SeriesPosition& position) {
  SeriesCut cut;
  cut.bytes_removed = file_size(file) - position.length_bytes;
  if (cut.bytes_removed == 0) return cut;
  char last = '\n';
  read_range(file, position.length_bytes, position.length_bytes + cut.bytes_removed,
             [&](std::string_view bytes) {
               cut.rows_removed +=
                   static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
               last = bytes.back();
             });
  if (last != '\n') ++cut.rows_removed;  // a row torn by a crash
  int result = 0;
  do {
    result = ::ftruncate(file, static_cast<off_t>(position.length_bytes));
  } while (result != 0 && errno == EINTR);
  if (result != 0) fail(path, "cannot be cut back: " + explain_errno(errno));
  const int error = flush_to_disk(system_file_calls(), file);
  if (error != 0) fail(path, "cannot be cut back durably: " + explain_errno(error));
  return cut;
}

/// The header row is the first line that is not a comment.
std::string header_line(const std::filesystem::path& file) {
  std::ifstream input(file, std::ios::binary);
  std::string line;
  while (std::getline(input, line) && line.starts_with('#')) {
  }
  return line;
}

}  // namespace

std::string SeriesPosition::hash_text() const { return fmt::format("{:016x}", hash); }

SeriesPosition series_position(std::uint64_t length_bytes, std::string_view hash_text) {
  SeriesPosition position{length_bytes, 0};
  const char* end = hash_text.data() + hash_text.size();
  const auto [rest, error] = std::from_chars(hash_text.data(), end, position.hash, 16);
  if (error != std::errc{} || rest != end || hash_text.size() != 16) {
    throw Failure(
        ExitCode::no_usable_checkpoint,
        fmt::format("the checkpoint names '{}' as the hash of series.csv, which is not one: "
                    "continue from another checkpoint",
                    hash_text));
  }
  return position;
}

SeriesWriter::SeriesWriter(std::filesystem::path path, FileDescriptor file, std::size_t columns,
                           const FileCalls& calls)
    : path_(std::move(path)), file_(std::move(file)), columns_(columns), calls_(&calls) {}

SeriesWriter SeriesWriter::create(const std::filesystem::path& file,
                                  std::span<const std::string> comments,
                                  std::span<const std::string> columns, ExistingSeries existing,
                                  const FileCalls& calls) {
  const int mode = existing == ExistingSeries::refuse ? O_EXCL : O_TRUNC;
  FileDescriptor opened = open_file(file, O_RDWR | O_CREAT | mode);
  if (!opened.is_open()) fail(file, "cannot be created: " + explain_errno(errno));
  SeriesWriter writer(file, std::move(opened), columns.size(), calls);
  std::string text;
  for (const std::string& comment : comments) text += comment_line(comment);
  writer.add_line(text + csv_line(columns));
  return writer;
}

SeriesWriter SeriesWriter::resume(const std::filesystem::path& file, const SeriesPosition& position,
                                  std::span<const std::string> columns, const FileCalls& calls) {
  FileDescriptor opened = open_existing(file, O_RDWR);
  if (!opened.is_open()) refuse_position(file, "it cannot be opened: " + explain_errno(errno));
  SeriesHash hash = verified(opened.number(), file, position);
  std::string expected = csv_line(columns);
  expected.pop_back();
  if (const std::string header = header_line(file); header != expected) {
    fail(file,
         fmt::format("has other columns than this version of the program writes. Continue with "
                     "the version named in provenance.json, or start a new run directory with "
                     "--branch. In the file: {}; now: {}",
                     header, expected));
  }
  SeriesWriter writer(file, std::move(opened), columns.size(), calls);
  writer.cut_ = truncate_to(writer.file_.number(), file, position);
  writer.durable_ = hash;
  return writer;
}

bool SeriesWriter::append(std::span<const std::string> cells) {
  if (cells.size() != columns_) {
    throw Failure(ExitCode::internal_error,
                  fmt::format("a series row has {} cells for {} columns", cells.size(), columns_));
  }
  add_line(csv_line(cells));
  return tail_written_ == tail_.size();
}

void SeriesWriter::add_line(std::string line) {
  tail_ += line;
  if (retry() && tail_.size() > largest_tail_bytes) make_durable();
}

bool SeriesWriter::retry() {
  if (tail_written_ == tail_.size()) return true;
  const WriteOutcome outcome =
      write_at(*calls_, file_.number(), std::string_view(tail_).substr(tail_written_),
               durable_.length_bytes() + tail_written_);
  tail_written_ += outcome.written_bytes;
  trouble_ = outcome.error == 0 ? std::string() : explain_errno(outcome.error);
  return outcome.error == 0;
}

std::int64_t SeriesWriter::pending() const {
  const auto begin = tail_.begin() + static_cast<std::ptrdiff_t>(tail_written_);
  return std::count(begin, tail_.end(), '\n');
}

/// After a failed fsync the kernel may have dropped the pages it could not write and will report
/// success the next time (Rebello et al., "Can applications recover from fsync failures?", USENIX
/// ATC 2020): all bytes since the last success are then written again from memory.
bool SeriesWriter::make_durable() {
  const int error = flush_to_disk(*calls_, file_.number());
  if (error != 0) {
    tail_written_ = 0;
    trouble_ = explain_errno(error);
    return false;
  }
  if (tail_.empty()) return true;
  const std::size_t end_before =
      tail_.size() < 2 ? std::string::npos : tail_.rfind('\n', tail_.size() - 2);
  const std::size_t last_row = end_before == std::string::npos ? 0 : end_before + 1;
  durable_.add(std::string_view(tail_).substr(0, last_row));
  before_last_row_ = {durable_.length_bytes(), durable_.value()};
  durable_.add(std::string_view(tail_).substr(last_row));
  tail_.clear();
  tail_written_ = 0;
  return true;
}

void SeriesWriter::check_file_in_place() const {
  struct stat here {};
  struct stat named {};
  const bool open_known = ::fstat(file_.number(), &here) == 0;
  const bool in_place = open_known && ::stat(path_.c_str(), &named) == 0 &&
                        named.st_ino == here.st_ino && named.st_dev == here.st_dev;
  if (!in_place) {
    fail(path_,
         "was removed or replaced while the run is writing it. Put it back: as long as it is "
         "missing, no checkpoint counts as good");
  }
  const auto size = static_cast<std::uint64_t>(here.st_size);
  if (size != durable_.length_bytes() + tail_.size()) {
    fail(path_, fmt::format("was changed by somebody else: it has {} bytes instead of {}. No "
                            "checkpoint counts as good; stop the run and resume it",
                            size, durable_.length_bytes() + tail_.size()));
  }
}

SeriesPosition SeriesWriter::sync() {
  if (retry()) {
    check_file_in_place();
    make_durable();
  }
  if (!tail_.empty()) {
    fail(path_, fmt::format("does not take {}: {}. They are kept in memory and tried again; until "
                            "then no checkpoint counts as good",
                            counted(pending(), "row"), trouble_));
  }
  return {durable_.length_bytes(), durable_.value()};
}

std::string SeriesWriter::last_name() const {
  const std::uint64_t size = file_size(file_.number());
  std::string text;
  read_range(file_.number(), size > read_piece_bytes ? size - read_piece_bytes : 0, size,
             [&](std::string_view bytes) { text += bytes; });
  if (!text.empty()) text.pop_back();  // its line end
  text.erase(0, text.rfind('\n') + 1);
  return text.substr(0, text.find(','));
}

std::optional<std::string> series_problem(const std::filesystem::path& file,
                                          const SeriesPosition& position) {
  const FileDescriptor opened = open_existing(file, O_RDONLY);
  if (!opened.is_open()) return "it cannot be opened: " + explain_errno(errno);
  SeriesHash hash;
  return problem_with(opened.number(), position, hash);
}

SeriesCut cut_back(const std::filesystem::path& file, const SeriesPosition& position) {
  const FileDescriptor opened = open_existing(file, O_RDWR);
  if (!opened.is_open()) refuse_position(file, "it cannot be opened: " + explain_errno(errno));
  verified(opened.number(), file, position);
  return truncate_to(opened.number(), file, position);
}

}  // namespace marrow::io
