#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace perdure {

/// Text as a template argument, so that a name is part of a type: `activity<"payment.charge", ...>`.
template <std::size_t N>
struct fixed_string {
    char text[N]{};

    consteval fixed_string(const char (&literal)[N]) {  // NOLINT(google-explicit-constructor): a literal is a name
        std::copy_n(literal, N, text);
    }
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {text, N - 1}; }
};

}  // namespace perdure
