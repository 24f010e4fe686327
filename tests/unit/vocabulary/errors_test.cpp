#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/describe.hpp>
#include <perdure/errors.hpp>

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct refusal {
    int code = 0;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(refusal, (), (code, text))

struct card_declined : perdure::app_error<card_declined, "CardDeclined"> {
    using app_error::app_error;
};
struct fraud_suspected : perdure::app_error<fraud_suspected, "FraudSuspected", perdure::never_retry> {
    using app_error::app_error;
};

perdure::activity_failure charge_failed(std::shared_ptr<const perdure::failure> cause) {
    return {perdure::detail::failure_parts{.message = "activity error", .cause = std::move(cause)},
            {.activity_name = "payment.charge", .state = perdure::retry_state::maximum_attempts_reached, .attempts = 4}};
}

TEST(Errors, AnApplicationErrorHasItsStaticNameAndFlag) {
    const card_declined declined{"insufficient funds"};
    EXPECT_EQ(declined.type(), "CardDeclined");
    EXPECT_EQ(declined.message(), "insufficient funds");
    EXPECT_FALSE(declined.non_retryable());
    EXPECT_TRUE(fraud_suspected{"stolen"}.non_retryable());
    EXPECT_STREQ(declined.what(), "CardDeclined: insufficient funds");
    EXPECT_STREQ(card_declined{}.what(), "CardDeclined");
}

TEST(Errors, DetailsTravelWithAnApplicationError) {
    const card_declined declined{"no", refusal{51, "funds"}};
    ASSERT_TRUE(declined.has_details());
    EXPECT_EQ(declined.details<refusal>().code, 51);
    EXPECT_THROW((void)declined.details<int>(), perdure::payload_error);
    EXPECT_THROW((void)card_declined{"no"}.details<refusal>(), perdure::payload_error);
}

TEST(Errors, AnErrorMaySayWhenToTryAgain) {
    try {
        throw card_declined{"later"}.retry_in(5min);
    } catch (const perdure::application_error& e) {
        EXPECT_EQ(e.next_retry_delay(), perdure::milliseconds(5min));
        EXPECT_EQ(e.type(), "CardDeclined");
    }
}

TEST(Errors, CausesAreFoundByNameAndByClass) {
    const auto failed = charge_failed(std::make_shared<card_declined>("insufficient funds", refusal{51, "funds"}));
    EXPECT_TRUE(failed.caused_by<card_declined>());
    EXPECT_FALSE(failed.caused_by<fraud_suspected>());
    EXPECT_TRUE(failed.caused_by<perdure::application_error>());
    EXPECT_FALSE(failed.caused_by<perdure::timeout_error>());
    const auto found = failed.cause_as<card_declined>();
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->message(), "insufficient funds");
    EXPECT_EQ(found->details<refusal>().text, "funds");
    EXPECT_FALSE(failed.cause_as<fraud_suspected>().has_value());
}

TEST(Errors, WhatNamesTheWholeChain) {
    const auto failed = charge_failed(std::make_shared<card_declined>("insufficient funds"));
    EXPECT_STREQ(failed.what(),
                 "activity payment.charge failed (maximum attempts reached); caused by CardDeclined: insufficient funds");
    EXPECT_EQ(failed.message(), "activity error");
    EXPECT_EQ(failed.attempts(), 4);
}

TEST(Errors, RaiseThrowsTheFullType) {
    const card_declined declined{"no"};
    const perdure::failure& seen = declined;
    EXPECT_THROW(seen.raise(), card_declined);
    const auto failed = charge_failed(nullptr);
    const perdure::failure& wrapped = failed;
    EXPECT_THROW(wrapped.raise(), perdure::activity_failure);
}

TEST(Errors, AnyExceptionCanBeTheCause) {
    try {
        throw std::out_of_range("shelf 7");
    } catch (...) {
        const auto error = card_declined{"no"}.because_of(std::current_exception());
        ASSERT_NE(error.cause(), nullptr);
        EXPECT_STREQ(error.cause()->what(), "std::out_of_range: shelf 7");
        EXPECT_THAT(error.what(), HasSubstr("; caused by std::out_of_range: shelf 7"));
    }
}

TEST(Errors, ACancelIsAFailure) {
    try {
        throw perdure::cancelled_error("customer changed her mind");
    } catch (const perdure::failure& e) {
        EXPECT_STREQ(e.what(), "cancelled: customer changed her mind");
        EXPECT_TRUE(e.caused_by<perdure::cancelled_error>());
    }
}

TEST(Errors, ANondeterminismErrorShowsBothSides) {
    const perdure::nondeterminism_error error(
        {.event_id = 5, .expected = "activity payment.charge", .produced = "timer 2", .produced_site = "order.cpp:12"});
    EXPECT_THAT(error.what(),
                HasSubstr("at event 5: recorded is activity payment.charge, the code made timer 2 at order.cpp:12"));
    EXPECT_EQ(error.found().event_id, 5);
}

TEST(Errors, AWorkflowFailureSeesThroughToTheCause) {
    auto declined = card_declined{"no"};
    declined.set_stack_text("at charge.cpp:3");
    const perdure::workflow_failure failed(
        "o-1", "r-1", std::make_shared<perdure::activity_failure>(charge_failed(std::make_shared<card_declined>(declined))));
    EXPECT_TRUE(failed.caused_by<card_declined>());
    EXPECT_TRUE(failed.cause_as<card_declined>().has_value());
    EXPECT_EQ(failed.stack_text(),
              "activity payment.charge failed (maximum attempts reached)\ncaused by CardDeclined: no\nat charge.cpp:3\n");
}

TEST(Errors, ARefusalIsThrownAsTheClassThatFits) {
    using perdure::status_code;
    EXPECT_THROW(perdure::service_error::raise({status_code::not_found, "no such run"}), perdure::not_found_error);
    EXPECT_THROW(perdure::service_error::raise({status_code::unavailable, "down"}), perdure::unavailable_error);
    EXPECT_THROW(perdure::service_error::raise({status_code::deadline_exceeded, "late"}), perdure::deadline_error);
    try {
        perdure::service_error::raise({status_code::already_exists, "runs already", "run-7"});
    } catch (const perdure::already_started_error& e) {
        EXPECT_EQ(e.run_id(), "run-7");
        EXPECT_STREQ(e.what(), "AlreadyExists: runs already");
    }
    try {
        perdure::service_error::raise({status_code::invalid_argument, "bad"});
    } catch (const perdure::service_error& e) {
        EXPECT_EQ(e.code(), status_code::invalid_argument);
    }
}

}  // namespace
