#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace perdure::history {

/// Which run. Ordered by all three names.
struct run_key {
    std::string namespace_name{};
    std::string workflow_id{};
    std::string run_id{};

    friend bool operator==(const run_key&, const run_key&) = default;
    friend auto operator<=>(const run_key&, const run_key&) = default;
};

enum class task_kind : std::uint8_t { workflow, activity };

}  // namespace perdure::history
