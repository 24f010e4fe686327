#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "api/result.hpp"
#include "tests/conformance/compare.hpp"

namespace perdure::conformance {

/// A difference on purpose. All patterns may use `*` for any text; an empty one matches everything.
struct known_difference {
    std::string file;
    std::string where;
    std::string expected;
    std::string actual;
    /// Matches the request of the step that differs, as one line of JSON.
    std::string request;
    /// Only after a request of more bytes than this; 0 for any.
    std::size_t after_request_over_bytes = 0;
    /// The scripts part ways here: what follows cannot be compared.
    bool stop = false;
    std::string why;
};

/// What is known about the step at which a difference was found.
struct difference_site {
    std::string_view file;
    std::string_view request;
    std::size_t largest_request_bytes = 0;
};

/// The list of differences on purpose that the player was given.
class known_differences {
  public:
    known_differences() = default;
    explicit known_differences(std::vector<known_difference> entries) : entries_(std::move(entries)) {}

    /// The entry that explains a difference, or null. The pointer lives as long as this list.
    [[nodiscard]] const known_difference* explain(const difference& found, const difference_site& site) const;

  private:
    std::vector<known_difference> entries_;
};

[[nodiscard]] result<known_differences> load_known_differences(const std::filesystem::path& file);

/// `*` stands for any text, also none.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view text);

}  // namespace perdure::conformance
