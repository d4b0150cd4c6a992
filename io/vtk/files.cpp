// SPDX-License-Identifier: BSD-3-Clause
#include "io/vtk/files.hpp"

#include "core/model/failure.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace marrow::io {
namespace {

[[noreturn]] void fail(std::string_view verb, const std::filesystem::path& path, int error) {
  throw Failure(ExitCode::files, fmt::format("cannot {} '{}': {}", verb, path.string(),
                                             std::generic_category().message(error)));
}

/// An open file that is closed whatever happens.
class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags, std::string_view verb)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {
    if (fd_ < 0) fail(verb, path, errno);
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int close() { return ::close(std::exchange(fd_, -1)); }

 private:
  int fd_;
};

}  // namespace

std::filesystem::path partial_name(const std::filesystem::path& path) {
  return std::filesystem::path(path) += partial_suffix;
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC, "create");
  while (!content.empty()) {
    const ssize_t written = ::write(file.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", path, errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.get()) != 0) fail("force to disk", path, errno);
  if (file.close() != 0) fail("close", path, errno);
}

void reveal(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::rename(partial_name(path), path, error);
  if (error) fail("put in place", path, error.value());
}

void replace_text(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path partial = partial_name(path);
  try {
    write_file(partial, text);
    reveal(path);
  } catch (const Failure&) {
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    throw;
  }
}

void sync_directory(const std::filesystem::path& directory) {
  Descriptor file(directory, O_RDONLY | O_DIRECTORY, "open");
  // Some file systems cannot sync a directory and say EINVAL; their renames are lasting by
  // themselves.
  if (::fsync(file.get()) != 0 && errno != EINVAL) fail("force to disk", directory, errno);
}

}  // namespace marrow::io
