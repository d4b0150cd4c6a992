// SPDX-License-Identifier: BSD-3-Clause
// Writing to disk with every failure seen: interrupted calls, short writes, full disks, atomic
// replacement. The raw system calls are a seam that tests replace. Knows nothing of what is
// written.
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

/// The whole file; Failure(files) if it cannot be read.
[[nodiscard]] std::string read_file_text(const std::filesystem::path& file);

/// After this returns the file holds `text` on disk; before, or after a failure, it holds the old
/// text. Failure(files) says why.
void replace_file_text(const std::filesystem::path& file, std::string_view text);

/// Temporary names used by replace_file_text begin and end like this; a killed process leaves them.
constexpr std::string_view temporary_prefix = ".marrow-";
constexpr std::string_view temporary_suffix = ".tmp";

}  // namespace marrow::io
