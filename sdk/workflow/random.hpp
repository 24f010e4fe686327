#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace perdure::detail {

/// The random numbers of one run: PCG32 (XSH-RR), seeded from a text. The algorithm is part of every history: never change it
/// without an SDK flag.
class run_random_source {
  public:
    explicit run_random_source(std::string_view seed);

    [[nodiscard]] std::uint64_t next() noexcept;
    /// A version 4 UUID from the sequence.
    [[nodiscard]] std::string uuid4();
    /// The next version 4 UUID of a purpose; does not touch the sequence.
    [[nodiscard]] std::string uuid4(std::string_view purpose);

  private:
    [[nodiscard]] std::uint32_t next32() noexcept;

    std::uint64_t seed_;
    std::uint64_t state_;
    std::uint64_t increment_;
    std::map<std::string, std::uint32_t, std::less<>> purposes_;
};

}  // namespace perdure::detail
