// SPDX-License-Identifier: BSD-3-Clause
#include "io/file/file_calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace marrow::io {
namespace {

// Linux transfers at most 0x7ffff000 bytes per call; smaller pieces keep a failure close to its
// place.
constexpr std::size_t largest_write_bytes = std::size_t{1} << 30;

template <class Write>
WriteOutcome write_fully(std::string_view bytes, const Write& write) {
  WriteOutcome outcome;
  while (outcome.written_bytes < bytes.size()) {
    const std::size_t want = std::min(bytes.size() - outcome.written_bytes, largest_write_bytes);
    const ssize_t got = write(bytes.data() + outcome.written_bytes, want, outcome.written_bytes);
    if (got > 0) {
      outcome.written_bytes += static_cast<std::size_t>(got);
    } else if (got == 0) {
      outcome.error = ENOSPC;  // no progress and no reason: only full devices do this
      break;
    } else if (errno != EINTR) {
      outcome.error = errno;
      break;
    }
  }
  return outcome;
}

}  // namespace

const FileCalls& system_file_calls() {
  static const FileCalls calls{::pwrite, ::fsync};
  return calls;
}

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : number_(std::exchange(other.number_, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

int FileDescriptor::close() {
  const int number = std::exchange(number_, -1);
  return number < 0 || ::close(number) == 0 ? 0 : errno;
}

FileDescriptor open_file(const std::filesystem::path& file, int flags) {
  int number = -1;
  do {
    number = ::open(file.c_str(), flags | O_CLOEXEC, 0666);
  } while (number < 0 && errno == EINTR);
  return FileDescriptor(number);
}

WriteOutcome write_at(const FileCalls& calls, int file, std::string_view bytes,
                      std::uint64_t offset_bytes) {
  return write_fully(bytes, [&](const char* from, std::size_t size, std::size_t done) {
    return calls.pwrite(file, from, size, static_cast<off_t>(offset_bytes + done));
  });
}

WriteOutcome write_on(int file, std::string_view bytes) {
  return write_fully(bytes, [&](const char* from, std::size_t size, std::size_t) {
    return ::write(file, from, size);
  });
}

int flush_to_disk(const FileCalls& calls, int file) {
  while (calls.fsync(file) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

int flush_directory(const std::filesystem::path& directory) {
  const FileDescriptor opened = open_file(directory, O_RDONLY | O_DIRECTORY);
  if (!opened.is_open()) return errno;
  const int error = flush_to_disk(system_file_calls(), opened.number());
  // Some network file systems refuse fsync on a directory; there the rename itself is synchronous.
  const bool unsupported = error == EINVAL || error == ENOTSUP || error == EBADF;
  return unsupported ? 0 : error;
}

std::string explain_errno(int error) {
  const std::string system_text = std::generic_category().message(error);
  switch (error) {
    case ENOSPC:
      return fmt::format("the disk is full ({}): free space or use another disk", system_text);
    case EDQUOT:
      return fmt::format("your disk quota is used up ({}): remove files or ask for more quota",
                         system_text);
    case EFBIG:
      return fmt::format("the file would pass the size limit ({}): raise it with 'ulimit -f'",
                         system_text);
    case EROFS:
      return fmt::format("the file system is mounted read-only ({}): choose another directory",
                         system_text);
    case EACCES:
    case EPERM:
      return fmt::format("no permission ({}): check owner and mode with 'ls -ld'", system_text);
    case ENOTDIR:
      return fmt::format("a part of the path is a file, not a directory ({})", system_text);
    case ESTALE:
      return fmt::format("the network file system lost it ({}): check the mount", system_text);
    default:
      return system_text;
  }
}

}  // namespace marrow::io
