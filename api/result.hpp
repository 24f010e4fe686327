#pragma once

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace perdure {

/// Why a request was refused. The values are google.rpc.Code, which Temporal's clients expect.
enum class status_code : int {
    ok = 0,
    canceled = 1,
    unknown = 2,
    invalid_argument = 3,
    deadline_exceeded = 4,
    not_found = 5,
    already_exists = 6,
    permission_denied = 7,
    resource_exhausted = 8,
    failed_precondition = 9,
    aborted = 10,
    out_of_range = 11,
    unimplemented = 12,
    internal = 13,
    unavailable = 14,
    data_loss = 15,
};

/// "InvalidArgument" and its like: the names that Temporal's JSON errors and logs use.
[[nodiscard]] std::string_view to_string(status_code code) noexcept;

/// A refusal: names the thing, the reason and the remedy in one message.
struct service_failure {
    status_code code = status_code::unknown;
    std::string message;
    /// Set for already_exists of a workflow start: the run that stands in the way.
    std::string run_id{};

    [[nodiscard]] bool retryable() const noexcept {
        return code == status_code::unavailable || code == status_code::resource_exhausted || code == status_code::aborted;
    }
    friend bool operator==(const service_failure&, const service_failure&) = default;
};

/// A value or the reason why there is none. Member names are those of std::expected.
template <class T>
class [[nodiscard]] result {
  public:
    using value_type = T;

    result(T value) : held_(std::in_place_index<0>, std::move(value)) {}                // NOLINT(google-explicit-constructor)
    result(service_failure error) : held_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] bool has_value() const noexcept { return held_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    [[nodiscard]] T& value() & noexcept {
        assert(has_value());
        return *std::get_if<0>(&held_);
    }
    [[nodiscard]] const T& value() const& noexcept {
        assert(has_value());
        return *std::get_if<0>(&held_);
    }
    [[nodiscard]] T&& value() && noexcept {
        assert(has_value());
        return std::move(*std::get_if<0>(&held_));
    }
    [[nodiscard]] T& operator*() & noexcept { return value(); }
    [[nodiscard]] const T& operator*() const& noexcept { return value(); }
    [[nodiscard]] T&& operator*() && noexcept { return std::move(*this).value(); }
    [[nodiscard]] T* operator->() noexcept { return &value(); }
    [[nodiscard]] const T* operator->() const noexcept { return &value(); }

    [[nodiscard]] service_failure& error() & noexcept {
        assert(!has_value());
        return *std::get_if<1>(&held_);
    }
    [[nodiscard]] const service_failure& error() const& noexcept {
        assert(!has_value());
        return *std::get_if<1>(&held_);
    }

  private:
    std::variant<T, service_failure> held_;
};

/// Success without a value.
struct done {
    friend bool operator==(done, done) = default;
};

}  // namespace perdure
