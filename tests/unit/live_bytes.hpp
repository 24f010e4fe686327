#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) || \
    __has_feature(thread_sanitizer)
#include <sanitizer/allocator_interface.h>
#define PERDURE_SANITIZER_COUNTS 1
#else
#include <malloc.h>
#define PERDURE_SANITIZER_COUNTS 0
#endif

namespace perdure {

/// Bytes that this process has allocated and not freed, as its allocator knows: the truth that accounts are held to.
[[nodiscard]] inline std::size_t live_bytes() {
#if PERDURE_SANITIZER_COUNTS
    return __sanitizer_get_current_allocated_bytes();
#else
    const auto all = ::mallinfo2();
    return all.uordblks + all.hblkhd;
#endif
}

/// Whether `live_bytes` has what allocators really take, beyond what they are asked for: those of sanitizers count the latter.
inline constexpr bool live_bytes_are_rounded = PERDURE_SANITIZER_COUNTS == 0;

}  // namespace perdure
