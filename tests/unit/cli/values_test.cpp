#include "cli/render/values.hpp"

#include <gtest/gtest.h>

#include "cli/render/failure.hpp"

namespace perdure::cli {
namespace {

TEST(values, durations_are_told_in_their_largest_units) {
    EXPECT_EQ(show_milliseconds(0), "0ms");
    EXPECT_EQ(show_milliseconds(300), "300ms");
    EXPECT_EQ(show_milliseconds(1'500), "1.5s");
    EXPECT_EQ(show_milliseconds(10'000), "10s");
    EXPECT_EQ(show_milliseconds(90'000), "1m 30s");
    EXPECT_EQ(show_milliseconds(3'600'000), "1h");
    EXPECT_EQ(show_milliseconds(3'605'000), "1h");
    EXPECT_EQ(show_milliseconds(72 * 3'600'000LL), "3d");
    EXPECT_EQ(show_milliseconds(-1'500), "-1.5s");
}

TEST(values, times_are_utc_with_milliseconds) {
    google::protobuf::Timestamp time;
    EXPECT_EQ(show_time(time), "");
    time.set_seconds(1'700'000'000);
    time.set_nanos(7'000'000);
    EXPECT_EQ(show_time(time), "2023-11-14T22:13:20.007Z");
}

TEST(values, an_event_type_is_told_in_words) {
    EXPECT_EQ(event_words(pb::enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED), "Activity scheduled");
    EXPECT_EQ(event_words(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED), "Workflow started");
    EXPECT_EQ(event_words(pb::enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT), "Workflow task timed out");
    EXPECT_EQ(event_words(pb::enums::EVENT_TYPE_TIMER_FIRED), "Timer fired");
}

TEST(values, a_status_has_the_name_that_list_filters_use) {
    EXPECT_EQ(status_name(pb::enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT), "TimedOut");
    EXPECT_EQ(status_name(pb::enums::WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW), "ContinuedAsNew");
}

pb::common::Payload payload(const char* encoding, const char* data) {
    pb::common::Payload out;
    (*out.mutable_metadata())["encoding"] = encoding;
    out.set_data(data);
    return out;
}

TEST(values, payloads_show_json_and_name_the_rest) {
    EXPECT_EQ(show_payload(payload("json/plain", R"({"a":1})")), R"({"a":1})");
    EXPECT_EQ(show_payload(payload("binary/null", "")), "null");
    EXPECT_EQ(show_payload(payload("binary/plain", "xyz")), "<3 bytes, binary/plain>");
    EXPECT_EQ(show_payload({}), "<0 bytes, no encoding>");
}

TEST(failure_lines, tells_each_cause_with_its_kind) {
    pb::failure::Failure failure;
    failure.set_message("activity failed");
    auto& activity = *failure.mutable_activity_failure_info();
    activity.mutable_activity_type()->set_name("charge");
    activity.set_activity_id("5");
    activity.set_retry_state(pb::enums::RETRY_STATE_NON_RETRYABLE_FAILURE);
    auto& cause = *failure.mutable_cause();
    cause.set_message("no money");
    cause.mutable_application_failure_info()->set_type("InsufficientFunds");
    cause.mutable_application_failure_info()->set_non_retryable(true);
    EXPECT_EQ(failure_lines(failure), (std::vector<std::string>{"Activity charge (id 5): activity failed [non-retryable-failure]",
                                                                "caused by InsufficientFunds: no money [not retryable]"}));
}

TEST(failure_lines, a_hostile_chain_is_cut) {
    pb::failure::Failure failure;
    auto* link = &failure;
    for (int i = 0; i < 1000; ++i) link = link->mutable_cause();
    EXPECT_LE(failure_lines(failure).size(), 50u);
}

}  // namespace
}  // namespace perdure::cli
