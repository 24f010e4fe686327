#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "perdure/detail/access.hpp"

namespace perdure {

/// Random numbers that are the same in every replay. The generator is PCG, seeded from the run; the distributions are ours,
/// because those of the standard library differ between implementations.
///
/// Not for secrets. All sources of one run draw from one sequence: an added draw changes the ones after it.
class random_source {
  public:
    /// All 64 bits are random.
    [[nodiscard]] std::uint64_t next() const { return detail::run_random(ref_); }

    /// An integer of [low, high], each equally likely. Precondition: low <= high.
    [[nodiscard]] std::int64_t uniform(std::int64_t low, std::int64_t high) const;

    /// A number of [0, 1), a multiple of 2^-53.
    [[nodiscard]] double real() const { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

    /// True with this probability.
    [[nodiscard]] bool chance(double probability) const { return real() < probability; }

    /// One element. Precondition: there is one.
    template <class T>
    [[nodiscard]] const T& pick(const std::vector<T>& from) const {
        return from[static_cast<std::size_t>(uniform(0, static_cast<std::int64_t>(from.size()) - 1))];
    }

    template <class T>
    void shuffle(std::vector<T>& items) const {
        for (std::size_t left = items.size(); left > 1; --left) {
            std::swap(items[left - 1], items[static_cast<std::size_t>(uniform(0, static_cast<std::int64_t>(left) - 1))]);
        }
    }

  private:
    friend struct detail::access;
    explicit random_source(detail::context_ref ref) noexcept : ref_(ref) {}

    detail::context_ref ref_;
};

}  // namespace perdure
