#pragma once

#include <cstdint>
#include <string>

#include "tests/conformance/driver.hpp"
#include "tests/conformance/known_differences.hpp"
#include "tests/conformance/transcript.hpp"

namespace perdure::conformance {

enum class verdict : std::uint8_t { same, differs_on_purpose, differs, not_supported };

struct outcome {
    verdict kind = verdict::same;
    /// For a difference on purpose its reasons, for an unsupported script the operation.
    std::string why;
    /// For an unexplained one.
    difference found;
};

/// Plays a script and compares each answer and then each history. `number` makes the script's ids unique.
[[nodiscard]] outcome play(const transcript& script, const std::string& file, driver& target, const std::string& number,
                           const known_differences& known);

}  // namespace perdure::conformance
