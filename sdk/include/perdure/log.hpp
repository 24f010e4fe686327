#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace perdure {

enum class log_level : std::uint8_t { debug, info, warning, error };

inline constexpr log_level debug = log_level::debug;
inline constexpr log_level info = log_level::info;
inline constexpr log_level warning = log_level::warning;
inline constexpr log_level error_level = log_level::error;

[[nodiscard]] constexpr std::string_view to_string(log_level level) noexcept {
    switch (level) {
        case log_level::debug:
            return "debug";
        case log_level::info:
            return "info";
        case log_level::warning:
            return "warning";
        case log_level::error:
            return "error";
    }
    return "info";
}

/// One named value of a log line: perdure::kv("order", id). The key must be a literal or outlive the call.
class kv {
  public:
    kv(std::string_view key, std::string_view value) : key_(key), value_(value) {}
    kv(std::string_view key, const char* value) : key_(key), value_(value) {}
    kv(std::string_view key, bool value) : key_(key), value_(value ? "true" : "false") {}
    template <class N>
        requires(std::integral<N> || std::floating_point<N>) && (!std::same_as<N, bool>)
    kv(std::string_view key, N value) : key_(key), value_(std::to_string(value)) {}

    [[nodiscard]] std::string_view key() const noexcept { return key_; }
    [[nodiscard]] std::string_view value() const noexcept { return value_; }

  private:
    std::string_view key_;
    std::string value_;
};

}  // namespace perdure
