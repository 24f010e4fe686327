#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "api/time.hpp"

namespace perdure {

/// How long an activity may take to be done with. It has no default: an activity without a limit would hang with its
/// worker. Made by `start_to_close` or `schedule_to_close`; the other limits are chained. Zero means no limit.
///
///     perdure::start_to_close(20s).and_schedule_to_close(10min)
///
/// Durations are milliseconds; coarser units convert, integers and finer units do not.
class close_timeouts {
  public:
    close_timeouts()
        __attribute__((unavailable("perdure: an activity call needs a limit; write .timeouts = perdure::start_to_close(10s) or "
                                   "perdure::schedule_to_close(1h)")));

    /// One attempt may take this long.
    [[nodiscard]] constexpr close_timeouts and_start_to_close(milliseconds limit) const noexcept {
        close_timeouts copy = *this;
        copy.start_to_close_ = limit;
        return copy;
    }
    /// All attempts together, with the waits between them, may take this long.
    [[nodiscard]] constexpr close_timeouts and_schedule_to_close(milliseconds limit) const noexcept {
        close_timeouts copy = *this;
        copy.schedule_to_close_ = limit;
        return copy;
    }
    /// An attempt may wait this long for a worker. It is not retried: waiting longer would not help.
    [[nodiscard]] constexpr close_timeouts and_schedule_to_start(milliseconds limit) const noexcept {
        close_timeouts copy = *this;
        copy.schedule_to_start_ = limit;
        return copy;
    }

    [[nodiscard]] constexpr milliseconds start_to_close() const noexcept { return start_to_close_; }
    [[nodiscard]] constexpr milliseconds schedule_to_close() const noexcept { return schedule_to_close_; }
    [[nodiscard]] constexpr milliseconds schedule_to_start() const noexcept { return schedule_to_start_; }

    friend constexpr bool operator==(const close_timeouts&, const close_timeouts&) = default;

  private:
    constexpr close_timeouts(milliseconds start, milliseconds schedule) noexcept
        : start_to_close_(start), schedule_to_close_(schedule) {}
    friend constexpr close_timeouts start_to_close(milliseconds limit) noexcept;
    friend constexpr close_timeouts schedule_to_close(milliseconds limit) noexcept;

    milliseconds start_to_close_;
    milliseconds schedule_to_close_;
    milliseconds schedule_to_start_{0};
};

/// Limits one attempt.
[[nodiscard]] constexpr close_timeouts start_to_close(milliseconds limit) noexcept { return {limit, milliseconds{0}}; }
/// Limits all attempts together.
[[nodiscard]] constexpr close_timeouts schedule_to_close(milliseconds limit) noexcept { return {milliseconds{0}, limit}; }

/// The names of errors that are not retried. Refers to static storage; made by `error_types`.
using error_name_list = std::span<const std::string_view>;

namespace detail {

template <class E>
concept named_error = requires {
    { E::error_name } -> std::convertible_to<std::string_view>;
};

template <named_error... E>
struct error_names {
    static constexpr std::string_view list[sizeof...(E) + 1]{std::string_view(E::error_name)..., {}};
};

}  // namespace detail

/// The wire names of application errors, for `retry_policy::non_retryable`: `perdure::error_types<FraudSuspected>`.
template <detail::named_error... E>
inline constexpr error_name_list error_types{detail::error_names<E...>::list, sizeof...(E)};

namespace detail {

/// The line on which a literal of options ends, so that a report can name it.
struct written_at {
    const char* file = __builtin_FILE();
    std::uint32_t line = __builtin_LINE();
};

}  // namespace detail

/// When and how often a failed attempt is repeated. The defaults are Temporal's: 1 s, doubled each time up to 100 s,
/// without an end.
struct retry_policy {
    /// The wait before the second attempt.
    milliseconds initial{1000};
    /// The factor from one wait to the next, at least 1.
    double backoff = 2.0;
    /// No wait is longer; 0 means 100 times `initial`.
    milliseconds max_interval{0};
    /// Counts the first attempt; 0 means no limit, 1 no retry.
    int max_attempts = 0;
    /// Errors of these types end the activity at once.
    error_name_list non_retryable{};
    /// Filled in by the compiler.
    detail::written_at written{};
};

/// What cancelling a scope does to a running activity.
enum class cancellation_type {
    /// Ask the activity to stop and resolve at once as cancelled.
    try_cancel,
    /// Ask the activity to stop and wait for its answer, so that an undo does not race the step it undoes.
    wait_cancelled,
    /// Let it run; resolve at once as cancelled.
    abandon,
};

/// How an activity is called. A literal type without a destructor: it may be written in place or be constexpr.
struct activity_options {
    /// Has no default; see `close_timeouts`.
    close_timeouts timeouts;
    retry_policy retry{};
    /// The activity is given up when it has not reported for this long; 0 means it need not report.
    milliseconds heartbeat{0};
    /// Empty means the queue of the workflow. Must refer to static storage or to `context::intern`.
    std::string_view task_queue{};
    cancellation_type cancellation = cancellation_type::wait_cancelled;
    /// Filled in by the compiler.
    detail::written_at written{};
};

static_assert(std::is_trivially_destructible_v<activity_options> && std::is_trivially_copyable_v<activity_options>,
              "options sit in awaited expressions and must own nothing");

/// What is wrong with the options, as one sentence; empty when they are valid.
[[nodiscard]] constexpr std::string_view problem_of(const retry_policy& policy) noexcept {
    constexpr milliseconds none{0};
    if (policy.initial <= none) return "retry.initial must be longer than 0";
    if (!(policy.backoff >= 1.0)) return "retry.backoff must be at least 1";
    if (policy.max_interval < none) return "retry.max_interval must not be negative";
    if (policy.max_interval > none && policy.max_interval < policy.initial) {
        return "retry.max_interval must not be shorter than retry.initial";
    }
    if (policy.max_attempts < 0) return "retry.max_attempts must be 0 (no limit) or more";
    return {};
}

[[nodiscard]] constexpr std::string_view problem_of(const close_timeouts& timeouts) noexcept {
    constexpr milliseconds none{0};
    if (timeouts.start_to_close() < none || timeouts.schedule_to_close() < none || timeouts.schedule_to_start() < none) {
        return "timeouts must not be negative";
    }
    if (timeouts.start_to_close() == none && timeouts.schedule_to_close() == none) {
        return "start_to_close or schedule_to_close must be longer than 0";
    }
    return {};
}

[[nodiscard]] constexpr std::string_view problem_of(const activity_options& options) noexcept {
    if (const std::string_view problem = problem_of(options.timeouts); !problem.empty()) return problem;
    if (options.heartbeat < milliseconds{0}) return "heartbeat must not be negative";
    return problem_of(options.retry);
}

/// Whether the options make sense; `static_assert(perdure::valid(card))` beside a constant catches mistakes early.
[[nodiscard]] constexpr bool valid(const retry_policy& policy) noexcept { return problem_of(policy).empty(); }
[[nodiscard]] constexpr bool valid(const close_timeouts& timeouts) noexcept { return problem_of(timeouts).empty(); }
[[nodiscard]] constexpr bool valid(const activity_options& options) noexcept { return problem_of(options).empty(); }

}  // namespace perdure
