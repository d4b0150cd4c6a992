// SPDX-License-Identifier: BSD-3-Clause
#include "io/file/room.hpp"

#include "core/model/failure.hpp"
#include "io/file/file_calls.hpp"
#include "io/file/files.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace marrow::io {
namespace fs = std::filesystem;

void require_free_space(const fs::path& directory, std::uint64_t bytes) {
  struct statvfs room {};
  if (::statvfs(directory.c_str(), &room) != 0)
    fail_at(directory, "does not tell its free space", errno);
  const std::uint64_t free = std::uint64_t{room.f_bavail} * room.f_frsize;
  if (free >= bytes) return;
  throw Failure(ExitCode::files,
                fmt::format("not enough space in {}: the checkpoint needs {}, free are {}; delete "
                            "files there or give the run another directory",
                            directory.string(), describe_bytes(bytes), describe_bytes(free)));
}

void reserve_space(const fs::path& path, std::uint64_t bytes) {
  const FileDescriptor file = open_file(path, O_WRONLY | O_CREAT);
  if (!file.is_open()) fail_at(path, "cannot be opened", errno);
  if (bytes == 0 ||
      ::fallocate(file.number(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes)) == 0) {
    return;
  }
  if (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL) return;
  fail_at(path, "cannot get " + describe_bytes(bytes), errno);
}

void start_writing_back(const fs::path& path) {
  const FileDescriptor file = open_file(path, O_WRONLY);
  if (!file.is_open()) return;
  static_cast<void>(::sync_file_range(file.number(), 0, 0, SYNC_FILE_RANGE_WRITE));
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
