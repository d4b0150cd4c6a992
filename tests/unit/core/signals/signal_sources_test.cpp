// SPDX-License-Identifier: BSD-3-Clause
#include "core/signals/signal_sources.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

namespace marrow {
namespace {

class SignalSourcesTest : public testing::Test {
 protected:
  Lattice lattice{{48, 33, 20}, false, 10.0};
  SignalGrid left{lattice, {{0, 0, 0}, {16, 33, 20}}, 2};
  SignalGrid right{lattice, {{16, 0, 0}, {48, 33, 20}}, 2};
  SignalGrid whole{lattice, lattice.box(), 2};
};

TEST_F(SignalSourcesTest, HoursOfACellAddUpInOrderOfCells) {
  SignalSources sources(whole);
  for (const Index3 p : {Index3{5, 4, 19}, {1, 0, 0}, {0, 1, 1}, {47, 32, 0}, {4, 5, 18}}) {
    sources.add(p);
  }
  const std::vector<SignalSource> expected = {
      {lattice.site({0, 0, 0}), 2}, {lattice.site({46, 32, 0}), 1}, {lattice.site({4, 4, 18}), 2}};
  EXPECT_EQ(sources.entries(), expected);
  EXPECT_EQ(sources.take(), expected);
  EXPECT_TRUE(sources.entries().empty());
}

TEST_F(SignalSourcesTest, ADividedLatticeGathersTheSame) {
  SignalSources all(whole);
  SignalSources low(left);
  SignalSources high(right);
  for (std::int64_t i = 0; i < 5000; ++i) {
    const Index3 p{(i * 37) % 48, (i * 11) % 33, (i * i) % 20};
    all.add(p);
    (p.x < 16 ? low : high).add(p);
  }
  std::vector<SignalSource> both = low.entries();
  const std::vector<SignalSource> rest = high.entries();
  both.insert(both.end(), rest.begin(), rest.end());
  std::ranges::sort(both, {}, &SignalSource::cell);
  EXPECT_EQ(both, all.entries());
  // And a restart with another division finds its own.
  SignalSources again(left);
  again.add({3, 3, 3});
  again.restore(both);
  EXPECT_EQ(again.entries(), low.entries());
}

TEST_F(SignalSourcesTest, OverflowEndsTheProgram) {
  SignalSources sources(whole);
  const std::vector<SignalSource> nearly = {{0, 65535}};
  sources.restore(nearly);
  EXPECT_THROW(sources.add({1, 1, 1}), std::logic_error);
  EXPECT_EQ(sources.entries(), nearly);
  EXPECT_THROW(sources.restore(std::vector<SignalSource>{{0, 65536}}), std::logic_error);
  EXPECT_THROW(sources.restore(std::vector<SignalSource>{{0, -1}}), std::logic_error);
}

}  // namespace
}  // namespace marrow
