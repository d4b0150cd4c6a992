// SPDX-License-Identifier: BSD-3-Clause
// System calls on open files with every failure seen: interrupted calls, short writes, full disks.
// The raw calls are a seam that tests replace. Whole files are in files.hpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace marrow::io {

/// The system calls of which a failure decides about data; errno as usual.
struct FileCalls {
  ssize_t (*pwrite)(int, const void*, std::size_t, off_t);
  int (*fsync)(int);
};
[[nodiscard]] const FileCalls& system_file_calls();

/// Owns a file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  /// Before its end, for what it tells: network file systems report some failed writes only then.
  /// errno or 0.
  [[nodiscard]] int close();

 private:
  int number_ = -1;
};

/// Opens with O_CLOEXEC, retrying interrupted calls; not open (and errno set) on failure.
[[nodiscard]] FileDescriptor open_file(const std::filesystem::path& file, int flags);

struct WriteOutcome {
  std::size_t written_bytes = 0;
  int error = 0;  // errno of the call that ended the attempt, 0 if everything was written
};
/// Writes at an offset until all is written or an error other than EINTR occurs.
[[nodiscard]] WriteOutcome write_at(const FileCalls& calls, int file, std::string_view bytes,
                                    std::uint64_t offset_bytes);
/// The same at the end of a file, terminal or pipe.
[[nodiscard]] WriteOutcome write_on(int file, std::string_view bytes);

/// fsync, retrying interrupted calls; errno or 0.
[[nodiscard]] int flush_to_disk(const FileCalls& calls, int file);
/// Makes a rename or a new name in `directory` durable. File systems that cannot do it are
/// tolerated.
[[nodiscard]] int flush_directory(const std::filesystem::path& directory);

/// What an errno means and what the user can do about it, e.g. "the disk is full (...): free
/// space".
[[nodiscard]] std::string explain_errno(int error);

}  // namespace marrow::io
