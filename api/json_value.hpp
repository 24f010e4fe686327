#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/result.hpp"

namespace perdure {

struct json_member;

/// Any JSON text in memory. Objects keep the order of their members; numbers keep whether they were written as integers.
class json_value {
  public:
    using list = std::vector<json_value>;
    using object = std::vector<json_member>;

    json_value() noexcept;
    explicit json_value(bool value) noexcept;
    explicit json_value(std::int64_t value) noexcept;
    explicit json_value(std::uint64_t value) noexcept;
    explicit json_value(double value) noexcept;
    explicit json_value(std::string value) noexcept;
    explicit json_value(list value) noexcept;
    explicit json_value(object value) noexcept;

    [[nodiscard]] bool is_null() const noexcept { return held_.index() == 0; }
    [[nodiscard]] const bool* if_bool() const noexcept { return std::get_if<bool>(&held_); }
    /// A number that was written as a negative integer.
    [[nodiscard]] const std::int64_t* if_signed() const noexcept { return std::get_if<std::int64_t>(&held_); }
    /// A number that was written as an integer of 0 or more.
    [[nodiscard]] const std::uint64_t* if_unsigned() const noexcept { return std::get_if<std::uint64_t>(&held_); }
    [[nodiscard]] const double* if_real() const noexcept { return std::get_if<double>(&held_); }
    [[nodiscard]] const std::string* if_text() const noexcept { return std::get_if<std::string>(&held_); }
    [[nodiscard]] const list* if_list() const noexcept { return std::get_if<list>(&held_); }
    [[nodiscard]] const object* if_object() const noexcept { return std::get_if<object>(&held_); }
    [[nodiscard]] std::string* if_text() noexcept { return std::get_if<std::string>(&held_); }
    [[nodiscard]] list* if_list() noexcept { return std::get_if<list>(&held_); }
    [[nodiscard]] object* if_object() noexcept { return std::get_if<object>(&held_); }

    /// The member of an object; null when this is no object or has no such member. The last one wins.
    [[nodiscard]] const json_value* find(std::string_view name) const noexcept;

    /// What it is, for messages: `text "abc"`, `the number 12`, `a list`, `null`.
    [[nodiscard]] std::string describe() const;

    friend bool operator==(const json_value& left, const json_value& right) noexcept;

  private:
    std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string, list, object> held_;
};

struct json_member {
    std::string name;
    json_value value;

    friend bool operator==(const json_member&, const json_member&) = default;
};

inline json_value::json_value() noexcept : held_(nullptr) {}
inline json_value::json_value(bool value) noexcept : held_(value) {}
inline json_value::json_value(std::int64_t value) noexcept : held_(value) {}
inline json_value::json_value(std::uint64_t value) noexcept : held_(value) {}
inline json_value::json_value(double value) noexcept : held_(value) {}
inline json_value::json_value(std::string value) noexcept : held_(std::move(value)) {}
inline json_value::json_value(list value) noexcept : held_(std::move(value)) {}
inline json_value::json_value(object value) noexcept : held_(std::move(value)) {}

/// The deepest nesting that is read. Deeper text is refused, because everything that walks a value recurses.
inline constexpr std::size_t json_max_depth = 100;

/// Reads one JSON text (RFC 8259). Refuses invalid UTF-8, trailing text and nesting beyond `max_depth`; the error is
/// InvalidArgument and says where. Duplicate members are kept.
[[nodiscard]] result<json_value> parse_json(std::string_view text, std::size_t max_depth = json_max_depth);

}  // namespace perdure
