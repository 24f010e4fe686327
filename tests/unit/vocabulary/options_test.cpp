#include <gtest/gtest.h>

#include <perdure/errors.hpp>
#include <perdure/options.hpp>

namespace {

using namespace std::chrono_literals;

struct card_declined : perdure::app_error<card_declined, "CardDeclined"> {
    using app_error::app_error;
};
struct fraud_suspected : perdure::app_error<fraud_suspected, "FraudSuspected", perdure::never_retry> {
    using app_error::app_error;
};

constexpr perdure::activity_options card{
    .timeouts = perdure::start_to_close(20s).and_schedule_to_close(10min).and_schedule_to_start(1min),
    .retry = {.initial = 1s,
              .backoff = 2.0,
              .max_interval = 30s,
              .max_attempts = 4,
              .non_retryable = perdure::error_types<fraud_suspected, card_declined>}};
static_assert(perdure::valid(card));

TEST(Options, AreConstantsThatOwnNothing) {
    static_assert(!std::is_default_constructible_v<perdure::close_timeouts>);
    EXPECT_EQ(card.timeouts.start_to_close(), 20s);
    EXPECT_EQ(card.timeouts.schedule_to_close(), 10min);
    EXPECT_EQ(card.timeouts.schedule_to_start(), 1min);
    ASSERT_EQ(card.retry.non_retryable.size(), 2U);
    EXPECT_EQ(card.retry.non_retryable[0], "FraudSuspected");
    EXPECT_EQ(card.retry.non_retryable[1], "CardDeclined");
    EXPECT_EQ(card.cancellation, perdure::cancellation_type::wait_cancelled);
}

TEST(Options, AnEmptyListOfErrorTypesIsEmpty) { EXPECT_TRUE(perdure::error_types<>.empty()); }

TEST(Options, OnlyCoarserUnitsConvertToADuration) {
    static_assert(std::is_convertible_v<std::chrono::hours, perdure::milliseconds>);
    static_assert(!std::is_convertible_v<std::chrono::microseconds, perdure::milliseconds>);
    static_assert(!std::is_convertible_v<int, perdure::milliseconds>);
    static_assert(!std::is_convertible_v<std::chrono::duration<double>, perdure::milliseconds>);
}

TEST(Options, WhatIsWrongIsSaidInASentence) {
    struct row {
        perdure::activity_options options;
        std::string_view problem;
    };
    const auto ok = perdure::start_to_close(1s);
    const row rows[]{
        {{.timeouts = ok}, ""},
        {{.timeouts = ok, .retry = {.initial = 0s}}, "retry.initial must be longer than 0"},
        {{.timeouts = ok, .retry = {.backoff = 0.5}}, "retry.backoff must be at least 1"},
        {{.timeouts = ok, .retry = {.initial = 10s, .max_interval = 5s}},
         "retry.max_interval must not be shorter than retry.initial"},
        {{.timeouts = ok, .retry = {.max_interval = -1s}}, "retry.max_interval must not be negative"},
        {{.timeouts = ok, .retry = {.max_attempts = -1}}, "retry.max_attempts must be 0 (no limit) or more"},
        {{.timeouts = perdure::start_to_close(0s)}, "start_to_close or schedule_to_close must be longer than 0"},
        {{.timeouts = perdure::start_to_close(-1s)}, "timeouts must not be negative"},
        {{.timeouts = ok, .heartbeat = -1s}, "heartbeat must not be negative"},
    };
    for (const row& each : rows) {
        EXPECT_EQ(perdure::problem_of(each.options), each.problem);
        EXPECT_EQ(perdure::valid(each.options), each.problem.empty());
    }
}

}  // namespace
