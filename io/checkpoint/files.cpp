// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/files.hpp"

#include "core/model/failure.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>

namespace marrow::io {
namespace fs = std::filesystem;
namespace {

/// An open file descriptor.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {
    if (fd_ < 0) fail_with_errno("open", path);
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  // Network file systems report a failed write only here.
  void close(const fs::path& path) {
    const int fd = fd_;
    fd_ = -1;
    if (::close(fd) != 0) fail_with_errno("close", path);
  }

 private:
  int fd_;
};

void rename_or_fail(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail_with_errno("rename to", to);
}

}  // namespace

void fail_with_errno(std::string_view what, const fs::path& path) {
  const std::string reason = std::generic_category().message(errno);
  throw Failure(ExitCode::files, fmt::format("cannot {} {}: {}", what, path.string(), reason));
}

std::optional<std::string> read_file(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return std::nullopt;
  return bytes;
}

void write_file_durably(const fs::path& path, std::string_view bytes) {
  Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::write(file.get(), bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_with_errno("write", path);
    done += static_cast<std::size_t>(n);
  }
  if (::fsync(file.get()) != 0) fail_with_errno("sync", path);
  file.close(path);
}

void sync_path(const fs::path& path) {
  Descriptor file(path, O_RDONLY);
  // Some file systems refuse to sync a directory; there the rename is as durable as it can be.
  if (::fsync(file.get()) != 0 && errno != EINVAL) fail_with_errno("sync", path);
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
    if (errno != EINVAL && errno != ENOSYS) fail_with_errno("rename to", to);
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

void require_free_space(const fs::path& directory, std::uint64_t bytes) {
  struct statvfs room {};
  if (::statvfs(directory.c_str(), &room) != 0) fail_with_errno("ask for free space in", directory);
  const std::uint64_t free = std::uint64_t{room.f_bavail} * room.f_frsize;
  if (free >= bytes) return;
  throw Failure(ExitCode::files,
                fmt::format("not enough space in {}: the checkpoint needs {}, free are {}; delete "
                            "files there or give the run another directory",
                            directory.string(), describe_bytes(bytes), describe_bytes(free)));
}

void reserve_space(const fs::path& path, std::uint64_t bytes) {
  Descriptor file(path, O_WRONLY | O_CREAT);
  if (bytes == 0 ||
      ::fallocate(file.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes)) == 0) {
    return;
  }
  if (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL) return;
  fail_with_errno("reserve " + describe_bytes(bytes) + " for", path);
}

void start_writing_back(const fs::path& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  static_cast<void>(::sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE));
  ::close(file);
}

void require_file_size_allowed(const fs::path& path, std::uint64_t bytes) {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  if (limit.rlim_cur >= bytes) return;
  throw Failure(ExitCode::files,
                fmt::format("{} needs {}, but on {} this process may only write files of {}: raise "
                            "the limit (ulimit -f)",
                            path.string(), describe_bytes(bytes), host_name(),
                            describe_bytes(limit.rlim_cur)));
}

std::string describe_room(const fs::path& directory) {
  struct statvfs room {};
  if (::statvfs(directory.c_str(), &room) != 0) return "the free space there is unknown";
  std::string text = "free there are " +
                     describe_bytes(std::uint64_t{room.f_bavail} * room.f_frsize) +
                     ", unless a quota is lower";
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    text += "; files may have up to " + describe_bytes(limit.rlim_cur) + " (ulimit -f)";
  }
  return text;
}

std::string describe_bytes(std::uint64_t bytes) {
  std::string digits = std::to_string(bytes);
  for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  constexpr std::array units = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  double scaled = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (scaled /= 1024; scaled >= 1024 && unit + 1 < units.size(); ++unit) scaled /= 1024;
  if (bytes < 1024) return digits + " bytes";
  return fmt::format("{:.1f} {} ({} bytes)", scaled, units[unit], digits);
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "an unnamed host";
  return name.data();
}

}  // namespace marrow::io
