#pragma once

#include <concepts>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace perdure::server {

enum class log_level { trace, debug, info, warn, error, off };
enum class log_format { logfmt, json };

[[nodiscard]] std::string_view to_string(log_level level) noexcept;
[[nodiscard]] std::optional<log_level> parse_log_level(std::string_view name) noexcept;
[[nodiscard]] std::string_view to_string(log_format format) noexcept;
[[nodiscard]] std::optional<log_format> parse_log_format(std::string_view name) noexcept;

/// One key and its value in a log line. Numbers and booleans are written bare.
struct log_field {
    std::string_view key;
    std::string text;
    bool quoted = true;

    log_field(std::string_view name, std::string value) : key(name), text(std::move(value)) {}
    log_field(std::string_view name, std::string_view value) : key(name), text(value) {}
    log_field(std::string_view name, const char* value) : key(name), text(value) {}
    log_field(std::string_view name, bool value) : key(name), text(value ? "true" : "false"), quoted(false) {}
    template <class Number>
        requires(std::integral<Number> || std::floating_point<Number>) && (!std::same_as<Number, bool>)
    log_field(std::string_view name, Number value) : key(name), text(std::to_string(value)), quoted(false) {}
};

/// Writes structured lines to stderr: a message that never changes, and fields that say what it is about.
///
/// Thread safe. A line is written whole, and values from outside cannot break it: they are quoted and escaped.
class logger {
  public:
    explicit logger(log_level level = log_level::info, log_format format = log_format::logfmt);
    ~logger();
    logger(const logger&) = delete;
    logger& operator=(const logger&) = delete;

    [[nodiscard]] bool enabled(log_level level) const noexcept;
    void write(log_level level, std::string_view message, std::initializer_list<log_field> fields = {});

    void debug(std::string_view message, std::initializer_list<log_field> fields = {}) {
        write(log_level::debug, message, fields);
    }
    void info(std::string_view message, std::initializer_list<log_field> fields = {}) { write(log_level::info, message, fields); }
    void warn(std::string_view message, std::initializer_list<log_field> fields = {}) { write(log_level::warn, message, fields); }
    void error(std::string_view message, std::initializer_list<log_field> fields = {}) {
        write(log_level::error, message, fields);
    }

  private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
};

/// The part of a line after its time and level. Pure.
[[nodiscard]] std::string format_fields(log_format format, std::string_view message, std::initializer_list<log_field> fields);

}  // namespace perdure::server
