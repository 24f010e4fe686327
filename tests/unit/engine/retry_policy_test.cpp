#include "history_service/engine/retry_policy.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "history_service/engine/timing.hpp"

namespace perdure::history::test {
namespace {

using namespace std::chrono_literals;

constexpr wall_time now = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);

pb::common::RetryPolicy policy(milliseconds initial, double coefficient = 2, std::int32_t attempts = 0,
                               milliseconds maximum = 0ms) {
    pb::common::RetryPolicy made;
    *made.mutable_initial_interval() = to_duration(initial);
    made.set_backoff_coefficient(coefficient);
    made.set_maximum_attempts(attempts);
    *made.mutable_maximum_interval() = to_duration(maximum);
    fill_defaults(made);
    return made;
}

TEST(RetryPolicy, DefaultsAreOneSecondDoubledUpToAHundredSeconds) {
    pb::common::RetryPolicy empty;
    fill_defaults(empty);
    EXPECT_EQ(from_duration(empty.initial_interval()), 1s);
    EXPECT_EQ(empty.backoff_coefficient(), 2);
    EXPECT_EQ(from_duration(empty.maximum_interval()), 100s);
    EXPECT_EQ(empty.maximum_attempts(), 0);
    EXPECT_EQ(from_duration(policy(200ms).maximum_interval()), 20s);
}

struct delay_case {
    const char* name;
    milliseconds initial;
    double coefficient;
    milliseconds maximum;
    std::int32_t attempt;
    milliseconds expected;
};

class RetryDelay : public testing::TestWithParam<delay_case> {};

TEST_P(RetryDelay, IsInitialTimesCoefficientToThePowerOfTheAttempt) {
    const auto& row = GetParam();
    const auto decision = decide_retry(retry_of::activity, policy(row.initial, row.coefficient, 0, row.maximum), row.attempt,
                                       std::nullopt, now, std::nullopt);
    EXPECT_EQ(decision.state, pb::enums::RETRY_STATE_IN_PROGRESS);
    EXPECT_EQ(decision.delay, row.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Rule02_RetryIntervalHasNoJitter, RetryDelay,
    testing::Values(delay_case{"first", 1s, 2, 0ms, 1, 1s}, delay_case{"second", 1s, 2, 0ms, 2, 2s},
                    delay_case{"seventh", 1s, 2, 0ms, 7, 64s}, delay_case{"capped_by_default", 1s, 2, 0ms, 8, 100s},
                    delay_case{"constant", 300ms, 1, 0ms, 50, 300ms}, delay_case{"fraction", 100ms, 1.5, 0ms, 3, 225ms},
                    delay_case{"capped_by_maximum", 1s, 10, 5s, 2, 5s}, delay_case{"beyond_any_number", 1s, 2, 0ms, 5000, 100s}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(RetryPolicy, Rule02_MaximumAttemptsCountsTheFirstTry) {
    const auto twice = policy(1s, 2, 2);
    const auto state = [&](std::int32_t attempt) {
        return decide_retry(retry_of::activity, twice, attempt, std::nullopt, now, std::nullopt).state;
    };
    EXPECT_EQ(state(1), pb::enums::RETRY_STATE_IN_PROGRESS);
    EXPECT_EQ(state(2), pb::enums::RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED);
    EXPECT_EQ(decide_retry(retry_of::activity, policy(1s, 2, 1), 1, std::nullopt, now, std::nullopt).state,
              pb::enums::RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED);
}

TEST(RetryPolicy, Rule02_NoTimeForAnotherAttemptIsATimeoutAtOnce) {
    const auto until = [](milliseconds left) {
        return decide_retry(retry_of::activity, policy(1s), 1, std::nullopt, now, now + left).state;
    };
    EXPECT_EQ(until(999ms), pb::enums::RETRY_STATE_TIMEOUT);
    EXPECT_EQ(until(1s), pb::enums::RETRY_STATE_IN_PROGRESS);
}

TEST(RetryPolicy, Rule02_ARequestedDelayReplacesTheMaximumForActivitiesAndIsCappedForWorkflows) {
    const auto capped = policy(1s, 2, 0, 5s);
    EXPECT_EQ(decide_retry(retry_of::activity, capped, 1, 60s, now, std::nullopt).delay, 60s);
    EXPECT_EQ(decide_retry(retry_of::workflow, capped, 1, 60s, now, std::nullopt).delay, 5s);
    EXPECT_EQ(decide_retry(retry_of::workflow, capped, 1, 300ms, now, std::nullopt).delay, 300ms);
}

TEST(RetryPolicy, Rule02_WhatMayBeRetriedFollowsFromTheKindOfFailure) {
    auto rules = policy(1s);
    rules.add_non_retryable_error_types("Fatal");
    rules.add_non_retryable_error_types("TemporalTimeout:Heartbeat");
    const auto retryable = [&](auto fill) {
        pb::failure::Failure failure;
        fill(failure);
        return is_retryable(failure, rules);
    };
    const auto timeout = [](pb::enums::TimeoutType type) {
        return [type](pb::failure::Failure& failure) { failure.mutable_timeout_failure_info()->set_timeout_type(type); };
    };
    const auto application = [](const char* type, bool non_retryable) {
        return [type, non_retryable](pb::failure::Failure& failure) {
            failure.mutable_application_failure_info()->set_type(type);
            failure.mutable_application_failure_info()->set_non_retryable(non_retryable);
        };
    };
    EXPECT_TRUE(retryable([](pb::failure::Failure&) {}));
    EXPECT_TRUE(retryable(application("Err", false)));
    EXPECT_FALSE(retryable(application("Err", true)));
    EXPECT_FALSE(retryable(application("Fatal", false)));
    EXPECT_TRUE(retryable(application("Fatal.Sub", false))) << "types match exactly, not by prefix";
    EXPECT_FALSE(retryable([](pb::failure::Failure& failure) { failure.mutable_canceled_failure_info(); }));
    EXPECT_FALSE(retryable([](pb::failure::Failure& failure) { failure.mutable_terminated_failure_info(); }));
    EXPECT_TRUE(retryable([](pb::failure::Failure& failure) { failure.mutable_server_failure_info(); }));
    EXPECT_FALSE(
        retryable([](pb::failure::Failure& failure) { failure.mutable_server_failure_info()->set_non_retryable(true); }));
    EXPECT_TRUE(retryable(timeout(pb::enums::TIMEOUT_TYPE_START_TO_CLOSE)));
    EXPECT_FALSE(retryable(timeout(pb::enums::TIMEOUT_TYPE_HEARTBEAT)));
    EXPECT_FALSE(retryable(timeout(pb::enums::TIMEOUT_TYPE_SCHEDULE_TO_START)));
    EXPECT_FALSE(retryable(timeout(pb::enums::TIMEOUT_TYPE_SCHEDULE_TO_CLOSE)));
}

struct refused_policy {
    const char* name;
    void (*spoil)(pb::common::RetryPolicy&);
    const char* mentions;
};

class RefusedPolicy : public testing::TestWithParam<refused_policy> {};

TEST_P(RefusedPolicy, IsInvalidAndSaysWhy) {
    pb::common::RetryPolicy spoiled;
    GetParam().spoil(spoiled);
    fill_defaults(spoiled);
    const auto checked = check_retry_policy(spoiled);
    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error().code, status_code::invalid_argument);
    EXPECT_NE(checked.error().message.find(GetParam().mentions), std::string::npos) << checked.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Of, RefusedPolicy,
    testing::Values(refused_policy{"a_negative_interval",
                                   [](auto& policy) { policy.mutable_initial_interval()->set_seconds(-1); }, "InitialInterval"},
                    refused_policy{"a_shrinking_coefficient", [](auto& policy) { policy.set_backoff_coefficient(0.5); },
                                   "less than 1"},
                    refused_policy{"no_number",
                                   [](auto& policy) { policy.set_backoff_coefficient(std::numeric_limits<double>::quiet_NaN()); },
                                   "BackoffCoefficient"},
                    refused_policy{"a_maximum_below_the_first",
                                   [](auto& policy) {
                                       policy.mutable_initial_interval()->set_seconds(10);
                                       policy.mutable_maximum_interval()->set_seconds(1);
                                   },
                                   "MaximumInterval"},
                    refused_policy{"negative_attempts", [](auto& policy) { policy.set_maximum_attempts(-1); }, "MaximumAttempts"},
                    refused_policy{"an_unknown_timeout_type",
                                   [](auto& policy) { policy.add_non_retryable_error_types("TemporalTimeout:Lunch"); }, "Lunch"},
                    refused_policy{"an_endless_interval",
                                   [](auto& policy) {
                                       policy.mutable_initial_interval()->set_seconds(std::numeric_limits<std::int64_t>::max());
                                   },
                                   "InitialInterval"}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace perdure::history::test
