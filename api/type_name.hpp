#pragma once

#include <string_view>

namespace perdure::detail {

/// The compiler's spelling of a type, for messages only: it differs between compilers and is never stored.
template <class T>
[[nodiscard]] constexpr std::string_view type_name() noexcept {
    constexpr std::string_view text = __PRETTY_FUNCTION__;
    constexpr std::size_t begin = text.find("T = ") + 4;
    constexpr std::size_t semicolon = text.find(';', begin);
    return text.substr(begin, (semicolon == std::string_view::npos ? text.rfind(']') : semicolon) - begin);
}

}  // namespace perdure::detail
