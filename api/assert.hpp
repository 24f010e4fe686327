#pragma once

namespace perdure::detail {

/// Prints where and what to stderr and aborts.
[[noreturn]] void assertion_failed(const char* file, int line, const char* condition, const char* sentence) noexcept;

}  // namespace perdure::detail

/// An invariant of the program, checked in every build. The sentence says what must hold.
///
/// Never for input: what comes from outside gets an error, not an abort.
#define PERDURE_ASSERT(condition, sentence)                                                \
    do {                                                                                   \
        if (!(condition)) [[unlikely]]                                                     \
            ::perdure::detail::assertion_failed(__FILE__, __LINE__, #condition, sentence); \
    } while (false)
