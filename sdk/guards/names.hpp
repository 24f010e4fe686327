#pragma once

#include <string>
#include <string_view>

namespace perdure::guards {

/// The C++ name behind a symbol; the symbol itself when it is none.
[[nodiscard]] std::string demangle(const std::string& symbol);

/// A function as people write it: "void shop::pay<int>(int) (.resume)" is "shop::pay", and what lies inside of a function is
/// that function. The version namespaces of libstdc++ are left out.
[[nodiscard]] std::string readable_name(std::string_view demangled);

/// Whether a readable name is one of the SDK's own.
[[nodiscard]] inline bool is_perdure(std::string_view readable) { return readable.starts_with("perdure::"); }
/// Whether a readable name belongs to the C++ library.
[[nodiscard]] inline bool is_standard(std::string_view readable) {
    return readable.starts_with("std::") || readable.starts_with("__gnu_cxx::") || readable.starts_with("__gthread");
}

}  // namespace perdure::guards
