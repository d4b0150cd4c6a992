// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/in_child.hpp"

#include "core/model/failure.hpp"
#include "io/file/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace marrow::io {
namespace {

/// What the child sends through the pipe: messages of this head, then `bytes` bytes of text.
enum class Kind : std::uint32_t { alive, answer, failure };
struct Head {
  Kind kind;
  std::int32_t code;
  std::uint64_t bytes;
};

void send(int pipe, Kind kind, int code, std::string_view text) {
  const Head head{kind, code, text.size()};
  std::string message(sizeof head, '\0');
  std::memcpy(message.data(), &head, sizeof head);
  message += text;
  for (std::size_t done = 0; done < message.size();) {
    const ssize_t n = ::write(pipe, message.data() + done, message.size() - done);
    if (n < 0 && errno != EINTR) std::_Exit(1);  // nobody listens any more
    if (n > 0) done += static_cast<std::size_t>(n);
  }
}

[[noreturn]] void be_the_child(int pipe, const std::function<ChildAnswer(const Alive&)>& work) {
  try {
    const ChildAnswer answer =
        work([&](std::string_view doing) { send(pipe, Kind::alive, 0, doing); });
    send(pipe, Kind::answer, answer.verdict, answer.text);
  } catch (const Failure& failure) {
    send(pipe, Kind::failure, static_cast<int>(failure.code()), failure.what());
  } catch (const std::exception& error) {
    send(pipe, Kind::failure, static_cast<int>(ExitCode::internal_error), error.what());
  }
  std::_Exit(0);  // no closing of files or libraries that belong to the parent
}

/// The parent's end: collects what arrives until there is a whole message.
class Listener {
 public:
  enum class Heard { message, silence, end };

  Listener(int pipe, double patience_s)
      : pipe_(pipe), patience_ms_(patience_s > 0.0 ? std::llround(patience_s * 1000.0) : -1) {}

  Heard listen(Head& head, std::string& text) {
    while (!take(head, text)) {
      pollfd waiting{pipe_, POLLIN, 0};
      const int ready = ::poll(&waiting, 1, static_cast<int>(std::min(patience_ms_, longest_ms)));
      if (ready < 0 && errno == EINTR) continue;
      if (ready <= 0) return Heard::silence;
      std::array<char, 65536> piece{};
      const ssize_t n = ::read(pipe_, piece.data(), piece.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return Heard::end;
      arrived_.append(piece.data(), static_cast<std::size_t>(n));
    }
    return Heard::message;
  }

 private:
  static constexpr long long longest_ms = 2'000'000'000;

  bool take(Head& head, std::string& text) {
    if (arrived_.size() < sizeof head) return false;
    std::memcpy(&head, arrived_.data(), sizeof head);
    if (arrived_.size() - sizeof head < head.bytes) return false;
    text = arrived_.substr(sizeof head, head.bytes);
    arrived_.erase(0, sizeof head + head.bytes);
    return true;
  }

  int pipe_;
  long long patience_ms_;
  std::string arrived_;
};

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

std::string describe_end(int status) {
  if (WIFSIGNALED(status)) return fmt::format("died of signal {}", WTERMSIG(status));
  return fmt::format("ended with exit code {}", WEXITSTATUS(status));
}

ChildAnswer hear_out(pid_t child, int pipe, double patience_s) {
  Listener listener(pipe, patience_s);
  std::string doing = "opening the file", text;
  Head head{};
  while (true) {
    const Listener::Heard heard = listener.listen(head, text);
    if (heard == Listener::Heard::silence) {
      ::kill(child, SIGKILL);
      wait_for(child);
      return {{}, 0, fmt::format("no progress for {:g} s at {}: given up", patience_s, doing)};
    }
    if (heard == Listener::Heard::end) {
      return {
          {},
          0,
          fmt::format("the process that read it {} at {}", describe_end(wait_for(child)), doing)};
    }
    if (head.kind == Kind::alive) {
      doing = text;
      continue;
    }
    wait_for(child);
    if (head.kind == Kind::failure) throw Failure(static_cast<ExitCode>(head.code), text);
    return {text, head.code, {}};
  }
}

}  // namespace

ChildAnswer in_child(double patience_s, const std::function<ChildAnswer(const Alive&)>& work) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) fail_at("a pipe", "cannot be made", errno);
  const pid_t child = ::fork();
  if (child < 0) fail_at("a process to read with", "cannot be started", errno);
  if (child == 0) {
    ::close(ends[0]);
    be_the_child(ends[1], work);
  }
  ::close(ends[1]);
  struct Closed {
    int pipe;
    ~Closed() { ::close(pipe); }
  } const closed{ends[0]};
  return hear_out(child, ends[0], patience_s);
}

}  // namespace marrow::io
