// SPDX-License-Identifier: BSD-3-Clause
#include "io/file/files.hpp"

#include "core/model/failure.hpp"
#include "io/file/file_calls.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace marrow::io {
namespace fs = std::filesystem;
namespace {

fs::path directory_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

/// errno of what failed, or 0.
int write_through(const fs::path& path, std::string_view bytes) {
  FileDescriptor file = open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file.is_open()) return errno;
  int error = write_at(system_file_calls(), file.number(), bytes, 0).error;
  if (error == 0) error = flush_to_disk(system_file_calls(), file.number());
  const int closing = file.close();
  return error != 0 ? error : closing;
}

/// errno, with the text so far.
int read_through(const fs::path& path, std::string& text) {
  const FileDescriptor file = open_file(path, O_RDONLY);
  if (!file.is_open()) return errno;
  std::array<char, 65536> piece{};
  while (true) {
    const ssize_t got = ::read(file.number(), piece.data(), piece.size());
    if (got == 0) return 0;
    if (got > 0) {
      text.append(piece.data(), static_cast<std::size_t>(got));
    } else if (errno != EINTR) {
      return errno;
    }
  }
}

void rename_or_fail(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail_at(to, "cannot be replaced", errno);
}

}  // namespace

void fail_at(const fs::path& path, std::string_view what, int error) {
  throw Failure(ExitCode::files,
                fmt::format("'{}' {}: {}", path.string(), what, explain_errno(error)));
}

std::optional<std::string> read_file(const fs::path& path) {
  std::error_code error;
  std::string text;
  if (!fs::is_regular_file(path, error) || read_through(path, text) != 0) return std::nullopt;
  return text;
}

std::string read_file_text(const fs::path& file) {
  std::string text;
  if (const int error = read_through(file, text)) fail_at(file, "cannot be read", error);
  return text;
}

void write_file_durably(const fs::path& path, std::string_view bytes) {
  if (const int error = write_through(path, bytes)) fail_at(path, "cannot be written", error);
}

void replace_file_text(const fs::path& file, std::string_view text) {
  const fs::path temporary =
      directory_of(file) / fmt::format("{}{}-{}{}", temporary_prefix, file.filename().string(),
                                       ::getpid(), temporary_suffix);
  int error = write_through(temporary, text);
  if (error == 0 && ::rename(temporary.c_str(), file.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(temporary.c_str());
    fail_at(file, "cannot be written", error);
  }
  error = flush_directory(directory_of(file));
  if (error != 0) fail_at(file, "was written but may not survive a power loss", error);
}

void sync_path(const fs::path& path) {
  std::error_code unknown;
  int error = 0;
  if (fs::is_directory(path, unknown)) {
    error = flush_directory(path);
  } else {
    const FileDescriptor file = open_file(path, O_RDONLY);
    error = file.is_open() ? flush_to_disk(system_file_calls(), file.number()) : errno;
  }
  if (error != 0) fail_at(path, "cannot be made lasting", error);
}

void put_in_place(const fs::path& from, const fs::path& to) {
  const auto is_directory = [](const fs::path& path) {
    struct stat found {};
    return ::lstat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
  };
  struct stat there {};
  if (::lstat(to.c_str(), &there) != 0 || (!is_directory(from) && !is_directory(to))) {
    rename_or_fail(from, to);
    return;
  }
  // Exchanging leaves something complete under the name at every moment. A file or a link may have
  // the name that a directory shall get.
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) != 0) {
    if (errno != EINVAL && errno != ENOSYS) fail_at(to, "cannot be replaced", errno);
    const fs::path aside =
        unused_name(to.parent_path(), ".partial-replaced-" + to.filename().string());
    rename_or_fail(to, aside);
    rename_or_fail(from, to);
    rename_or_fail(aside, from);
  }
  // The old content goes only when the new name is sure to outlast a power cut.
  sync_path(to.parent_path());
  std::error_code ignored;  // the next write cleans what is left of the replaced one
  fs::remove_all(from, ignored);
}

fs::path unused_name(const fs::path& directory, const std::string& name) {
  constexpr int tries = 1000;
  fs::path candidate = directory / name;
  struct stat there {};
  for (int number = 2; number < tries && ::lstat(candidate.c_str(), &there) == 0; ++number) {
    candidate = directory / fmt::format("{}-{}", name, number);
  }
  return candidate;
}

}  // namespace marrow::io
