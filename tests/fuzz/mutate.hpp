#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace perdure::fuzz {

/// Changes inputs at random. The same seed gives the same inputs on every machine.
class mutator {
  public:
    explicit mutator(std::uint64_t seed) : state_(seed) {}

    /// One of the inputs with one to eight changes, never much longer than `max_size`.
    [[nodiscard]] std::string next(const std::vector<std::string>& inputs, std::size_t max_size);

  private:
    /// 0 to `bound - 1`; 0 when the bound is 0.
    std::size_t below(std::size_t bound);
    void change(std::string& text, const std::vector<std::string>& inputs);

    std::uint64_t state_;
};

}  // namespace perdure::fuzz
