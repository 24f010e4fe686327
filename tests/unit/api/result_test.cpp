#include "api/result.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace {

using perdure::result;
using perdure::service_failure;
using perdure::status_code;

TEST(Result, HoldsAValueOrTheReasonWhyThereIsNone) {
    const result<int> good = 7;
    EXPECT_TRUE(good.has_value());
    EXPECT_EQ(*good, 7);
    const result<int> bad = service_failure{status_code::not_found, "no such run"};
    EXPECT_FALSE(bad);
    EXPECT_EQ(bad.error().message, "no such run");
}

TEST(Result, AValueCanBeMovedOut) {
    result<std::unique_ptr<int>> made = std::make_unique<int>(3);
    const std::unique_ptr<int> taken = std::move(made).value();
    EXPECT_EQ(*taken, 3);
}

TEST(Result, StatusCodesHaveTemporalsNames) {
    EXPECT_EQ(to_string(status_code::ok), "OK");
    EXPECT_EQ(to_string(status_code::already_exists), "AlreadyExists");
    EXPECT_EQ(to_string(status_code::data_loss), "DataLoss");
    EXPECT_EQ(to_string(static_cast<status_code>(99)), "Unknown");
}

TEST(Result, OnlyPassingTroubleIsRetryable) {
    EXPECT_TRUE((service_failure{status_code::unavailable, ""}.retryable()));
    EXPECT_TRUE((service_failure{status_code::resource_exhausted, ""}.retryable()));
    EXPECT_FALSE((service_failure{status_code::invalid_argument, ""}.retryable()));
}

}  // namespace
