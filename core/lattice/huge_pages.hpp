// SPDX-License-Identifier: BSD-3-Clause
// An allocator that asks the system for huge pages: at 512^3 voxels and above most of a random
// visit's cost is the page walk. Where the hint is refused, ordinary pages serve.
#pragma once

#include <cstdlib>
#include <new>
#include <sys/mman.h>
#include <vector>

namespace marrow {

template <class T>
struct HugePageAllocator {
  using value_type = T;

  HugePageAllocator() = default;
  template <class U>
  explicit HugePageAllocator(const HugePageAllocator<U>&) {}

  T* allocate(std::size_t n) {
    constexpr std::size_t page = std::size_t{1} << 21;
    const bool large = n * sizeof(T) >= page;
    const std::size_t alignment = large ? page : 64;
    const std::size_t bytes = (n * sizeof(T) + alignment - 1) / alignment * alignment;
    void* memory = std::aligned_alloc(alignment, bytes);
    if (memory == nullptr) throw std::bad_alloc();
    if (large) madvise(memory, bytes, MADV_HUGEPAGE);
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t) { std::free(memory); }

  friend bool operator==(const HugePageAllocator&, const HugePageAllocator&) { return true; }
};

template <class T>
using HugeVector = std::vector<T, HugePageAllocator<T>>;

}  // namespace marrow
