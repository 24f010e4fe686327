#pragma once

// What reading a value from JSON needs besides the type: where we are, and the messages.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/json_value.hpp"
#include "api/payload_error.hpp"
#include "api/time.hpp"
#include "api/type_name.hpp"

namespace perdure::detail {

/// The place in the value that is being read. Lives on the stack of the reader; costs nothing until a message needs it.
class json_position {
  public:
    explicit json_position(std::size_t* unknown_members) noexcept : unknown_members_(unknown_members) {}

    [[nodiscard]] json_position member(std::string_view name) const noexcept { return {this, name, 0, false}; }
    [[nodiscard]] json_position item(std::size_t index) const noexcept { return {this, {}, index, true}; }

    void count_unknown(std::size_t count) const noexcept {
        if (unknown_members_ != nullptr) *unknown_members_ += count;
    }
    /// `lines[2].quantity`; empty at the root.
    [[nodiscard]] std::string path() const;

  private:
    json_position(const json_position* parent, std::string_view name, std::size_t index, bool is_item) noexcept
        : parent_(parent), name_(name), index_(index), is_item_(is_item), unknown_members_(parent->unknown_members_) {}

    const json_position* parent_ = nullptr;
    std::string_view name_{};
    std::size_t index_ = 0;
    bool is_item_ = false;
    std::size_t* unknown_members_;
};

/// Throws payload_error: the member at `at` should be `expected` and is `found`.
[[noreturn]] void fail_read(const json_position& at, std::string_view expected, const json_value& found, std::string_view why);
[[noreturn]] void fail_unnamed_enum(std::string_view type, std::int64_t value);
[[noreturn]] void fail_duration_range(std::string_view type);
[[noreturn]] void rethrow_inside(const payload_error& inner, std::string_view member);

/// Runs `work`; a payload_error out of it names `member` in front of its own path.
template <class Work>
void with_member(std::string_view member, Work&& work) {
    try {
        work();
    } catch (const payload_error& e) {
        rethrow_inside(e, member);
    }
}

[[nodiscard]] json_value parse_payload_json(std::string_view text, std::string_view type);

[[nodiscard]] bool expect_bool(const json_value& in, const json_position& at);
[[nodiscard]] std::int64_t expect_signed(const json_value& in, std::string_view type, std::int64_t least, std::int64_t most,
                                         const json_position& at);
[[nodiscard]] std::uint64_t expect_unsigned(const json_value& in, std::string_view type, std::uint64_t most,
                                            const json_position& at);
[[nodiscard]] double expect_real(const json_value& in, std::string_view type, const json_position& at);
[[nodiscard]] const std::string& expect_text(const json_value& in, std::string_view type, const json_position& at);
[[nodiscard]] const json_value::list& expect_list(const json_value& in, std::string_view type, const json_position& at);
[[nodiscard]] const json_value::list& expect_list(const json_value& in, std::string_view type, const json_position& at,
                                                  std::size_t size);
[[nodiscard]] const json_value::object& expect_object(const json_value& in, std::string_view type, const json_position& at);
[[nodiscard]] std::chrono::nanoseconds expect_duration(const json_value& in, std::string_view type, const json_position& at);
[[nodiscard]] wall_time expect_time(const json_value& in, std::string_view type, const json_position& at);
[[nodiscard]] std::vector<std::byte> expect_bytes(const json_value& in, const json_position& at);

/// A duration of any unit as nanoseconds; throws payload_error beyond 292 years.
template <class Duration>
[[nodiscard]] std::chrono::nanoseconds checked_nanoseconds(Duration value) {
    constexpr auto most = std::chrono::duration<double>(9.2e9);
    const auto seconds = std::chrono::duration<double>(value);
    if (seconds > most || seconds < -most) fail_duration_range(type_name<Duration>());
    return std::chrono::duration_cast<std::chrono::nanoseconds>(value);
}

/// Nanoseconds as the unit of the member; a value that the unit would cut is refused.
template <class Duration>
[[nodiscard]] Duration fit_duration(std::chrono::nanoseconds value, const json_value& in, const json_position& at) {
    const auto fitted = std::chrono::duration_cast<Duration>(value);
    if (std::chrono::duration_cast<std::chrono::nanoseconds>(fitted) != value) {
        fail_read(at, type_name<Duration>(), in, "it is finer than the unit of the member");
    }
    return fitted;
}

}  // namespace perdure::detail
