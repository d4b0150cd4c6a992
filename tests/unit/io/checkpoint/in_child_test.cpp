// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/in_child.hpp"

#include "core/model/failure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>

namespace marrow::io {
namespace {

using testing::HasSubstr;

TEST(InChild, HandsTheAnswerOver) {
  const std::string large(3'000'000, 'x');
  const pid_t parent = ::getpid();
  bool ran_here = false;
  const ChildAnswer answer = in_child(30.0, [&](const Alive& alive) {
    ran_here = true;
    alive("a part");
    return ChildAnswer{::getpid() == parent ? "the same process" : large, 7, {}};
  });
  EXPECT_EQ(answer.text, large);
  EXPECT_EQ(answer.verdict, 7);
  EXPECT_EQ(answer.trouble, "");
  EXPECT_FALSE(ran_here);
}

TEST(InChild, ThrowsWhatWasThrownThere) {
  try {
    in_child(30.0,
             [](const Alive&) -> ChildAnswer { throw Failure(ExitCode::files, "no such place"); });
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::files);
    EXPECT_STREQ(failure.what(), "no such place");
  }
  EXPECT_THROW(in_child(30.0, [](const Alive&) -> ChildAnswer { throw std::runtime_error("odd"); }),
               Failure);
}

TEST(InChild, EndsOneThatMakesNoProgress) {
  const auto began = std::chrono::steady_clock::now();
  const ChildAnswer answer = in_child(0.2, [](const Alive& alive) -> ChildAnswer {
    alive("niches/record");
    while (true) std::this_thread::sleep_for(std::chrono::hours(1));
  });
  EXPECT_EQ(answer.trouble, "no progress for 0.2 s at niches/record: given up");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
}

TEST(InChild, SignsOfLifeKeepItAlive) {
  const ChildAnswer answer = in_child(2.0, [](const Alive& alive) {
    for (int i = 0; i < 50; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      alive("a part");
    }
    return ChildAnswer{"done", 0, {}};
  });
  EXPECT_EQ(answer.text, "done") << answer.trouble;
}

TEST(InChild, TellsOfOneThatCrashes) {
  const ChildAnswer answer = in_child(30.0, [](const Alive& alive) -> ChildAnswer {
    alive("tissue/kind");
    std::raise(SIGKILL);
    return {};
  });
  EXPECT_THAT(answer.trouble, HasSubstr("died of signal 9 at tissue/kind"));
}

}  // namespace
}  // namespace marrow::io
