#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace perdure::bench {

enum class better : std::uint8_t { lower, higher, neither };

/// What a figure means.
struct figure_definition {
    std::string_view name;
    std::string_view unit;
    /// `neither`: it describes the run and is never a regression.
    bench::better better = better::neither;
    std::string_view meaning;
};

/// Every figure that a workload may report.
[[nodiscard]] std::span<const figure_definition> figure_catalogue() noexcept;

/// nullptr for a name that is no figure's.
[[nodiscard]] const figure_definition* find_figure(std::string_view name) noexcept;

}  // namespace perdure::bench
