#include "sdk/vocabulary/failure_conversion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <google/protobuf/util/message_differencer.h>

#include <stdexcept>

#include "api/failure.hpp"
#include "api/payload.hpp"
#include "api/time_convert.hpp"

namespace {

using namespace std::chrono_literals;
using google::protobuf::util::MessageDifferencer;
using perdure::detail::from_proto;
using perdure::detail::to_proto;
namespace pb = perdure::pb;

struct card_declined : perdure::app_error<card_declined, "CardDeclined", perdure::never_retry> {
    using app_error::app_error;
};

template <class E>
std::exception_ptr thrown(E&& exception) {
    return std::make_exception_ptr(std::forward<E>(exception));
}

pb::failure::Failure application() {
    pb::failure::Failure failure = perdure::make_application_failure({.type = "CardDeclined",
                                                                      .message = "no funds",
                                                                      .non_retryable = true,
                                                                      .details = perdure::to_payloads(std::string("d")),
                                                                      .next_retry_delay = 5s});
    failure.set_source("GoSDK");
    failure.set_stack_trace("main.go:7");
    *failure.mutable_encoded_attributes() = perdure::to_payload(std::string("sealed"));
    return failure;
}

std::vector<pb::failure::Failure> one_of_each_kind() {
    std::vector<pb::failure::Failure> all;
    all.push_back(application());
    all.push_back(perdure::make_timeout_failure(pb::enums::TIMEOUT_TYPE_HEARTBEAT, "activity Heartbeat timeout"));
    *all.back().mutable_timeout_failure_info()->mutable_last_heartbeat_details() = perdure::to_payloads(42);
    all.push_back(perdure::make_canceled_failure("stop", perdure::to_payloads(std::string("half done"))));
    all.back().mutable_canceled_failure_info()->set_identity("worker-1");
    all.push_back(perdure::make_terminated_failure("enough", "ann"));
    all.push_back(perdure::make_server_failure("disk", true));
    all.push_back(perdure::make_activity_failure({.activity_type = "charge",
                                                  .activity_id = "3",
                                                  .identity = "w",
                                                  .scheduled_event_id = 5,
                                                  .started_event_id = 6,
                                                  .retry_state = pb::enums::RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED},
                                                 application()));
    all.push_back(perdure::make_child_failure({.space = "shop",
                                               .workflow_id = "c-1",
                                               .run_id = "r",
                                               .workflow_type = "child",
                                               .initiated_event_id = 4,
                                               .started_event_id = 5,
                                               .retry_state = pb::enums::RETRY_STATE_NON_RETRYABLE_FAILURE},
                                              all.back()));
    all.emplace_back().set_message("of no kind");
    pb::failure::Failure reset;
    reset.mutable_reset_workflow_failure_info();
    *reset.mutable_cause() = application();
    all.push_back(reset);
    pb::failure::Failure nexus;
    nexus.mutable_nexus_operation_execution_failure_info()->set_endpoint("e");
    all.push_back(nexus);
    return all;
}

TEST(FailureConversion, EveryKindComesBackAsItWas) {
    for (const pb::failure::Failure& failure : one_of_each_kind()) {
        const pb::failure::Failure back = to_proto(*from_proto(failure));
        EXPECT_TRUE(MessageDifferencer::Equals(back, failure)) << back.DebugString() << "\nfrom\n" << failure.DebugString();
        const pb::failure::Failure through_throw = to_proto(perdure::detail::to_exception(failure));
        EXPECT_TRUE(MessageDifferencer::Equals(through_throw, failure));
    }
}

TEST(FailureConversion, AnUnknownFieldOfAnUnknownKindIsKept) {
    pb::failure::Failure failure;
    failure.set_message("from the future");
    failure.GetReflection()->MutableUnknownFields(&failure)->AddVarint(99, 7);
    EXPECT_EQ(to_proto(*from_proto(failure)).SerializeAsString(), failure.SerializeAsString());
}

TEST(FailureConversion, ATypedErrorIsFoundInWhatTravelled) {
    const auto read = from_proto(one_of_each_kind()[5]);
    EXPECT_TRUE(read->caused_by<card_declined>());
    EXPECT_EQ(read->cause_as<card_declined>()->details<std::string>(), "d");
    EXPECT_EQ(read->cause()->stack_text(), "main.go:7");
}

TEST(FailureConversion, StdExceptionsAreNamedByTheirType) {
    const auto failure = to_proto(thrown(std::out_of_range("index 7")));
    EXPECT_EQ(failure.application_failure_info().type(), "std::out_of_range");
    EXPECT_EQ(failure.message(), "index 7");
    EXPECT_FALSE(failure.application_failure_info().non_retryable());
    EXPECT_EQ(failure.source(), "CppSDK");
    EXPECT_EQ(perdure::detail::describe_exception(thrown(std::logic_error("x"))), "std::logic_error: x");
}

TEST(FailureConversion, NestedExceptionsBecomeCauses) {
    std::exception_ptr outer;
    try {
        try {
            throw card_declined{"no funds"};
        } catch (...) {
            std::throw_with_nested(std::runtime_error("charging failed"));
        }
    } catch (...) {
        outer = std::current_exception();
    }
    const auto failure = to_proto(outer);
    EXPECT_EQ(failure.message(), "charging failed");
    EXPECT_EQ(failure.cause().application_failure_info().type(), "CardDeclined");
    EXPECT_TRUE(failure.cause().application_failure_info().non_retryable());
}

TEST(FailureConversion, WhatIsNoStdExceptionIsNamedByItsTypeToo) {
    const auto failure = to_proto(thrown(42));
    EXPECT_EQ(failure.application_failure_info().type(), "int");
    EXPECT_THAT(failure.message(), testing::HasSubstr("of type int"));
}

TEST(FailureConversion, ANullPointerIsReportedAndNotDereferenced) {
    EXPECT_EQ(to_proto(std::exception_ptr()).message(), "no exception was given");
    EXPECT_EQ(perdure::detail::as_failure(nullptr), nullptr);
}

TEST(FailureConversion, AFailureInAnExceptionPointerKeepsItsType) {
    const auto kept = perdure::detail::as_failure(thrown(card_declined{"x"}));
    ASSERT_NE(kept, nullptr);
    EXPECT_NE(dynamic_cast<const card_declined*>(kept.get()), nullptr);
    EXPECT_EQ(perdure::detail::as_failure(thrown(std::runtime_error("x"))), nullptr);
}

TEST(FailureConversion, AnEndlessChainIsCutAtTwentyCauses) {
    pb::failure::Failure deep;
    deep.set_message("innermost");
    for (int i = 0; i < 50; ++i) {
        pb::failure::Failure outer;
        outer.set_message("level");
        *outer.mutable_cause() = deep;
        deep = outer;
    }
    int links = 0;
    const auto read = from_proto(deep);
    for (const perdure::failure* at = read->cause(); at != nullptr; at = at->cause()) ++links;
    EXPECT_EQ(links, perdure::max_failure_depth);
}

}  // namespace
